{
    "name": "Make to Order Manufacturing",
    "version": "19.0.1.0.0",
    "depends": ["sale_mrp", "purchase_mrp", "sale_purchase_stock"],
    "license": "LGPL-3",
    "author": "mto_manufacturing contributors",
}
