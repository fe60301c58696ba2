"""The addon in French, German and Spanish: nothing left in English, nothing broken."""

import json
import re
from collections import Counter
from pathlib import Path

import polib
from freezegun import freeze_time

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import code_translations

from ..planner import Issue
from .common import MtoCommon

LANGUAGES = {"fr": "fr_FR", "de": "de_DE", "es": "es_ES"}
#: What a translation may not touch: placeholders, tags and the breaks of lines.
_KEPT = re.compile(r"%\(\w+\)[.\d]*[a-z]|%[a-z]|</?\w+|&\w+;|\n")


def _strings(name):
    file = polib.pofile(str(Path(file_path("mto_manufacturing/i18n")) / name))
    return {entry.msgid: entry for entry in file if not entry.obsolete}


@tagged("post_install", "-at_install")
class TestLanguageFiles(BaseCase):
    def test_every_string_is_translated(self):
        template = _strings("mto_manufacturing.pot")
        self.assertGreater(len(template), 300)
        for language in LANGUAGES:
            translated = _strings(f"{language}.po")
            missing = [
                msgid
                for msgid in template
                if msgid not in translated
                or translated[msgid].fuzzy
                or not translated[msgid].msgstr.strip()
            ]
            self.assertFalse(missing, f"{language}.po: translate them")
            self.assertEqual(set(translated), set(template), f"{language}.po: `make pot`")

    def test_placeholders_tags_and_lines_are_kept(self):
        for language in LANGUAGES:
            broken = [
                entry.msgstr
                for entry in _strings(f"{language}.po").values()
                if Counter(_KEPT.findall(entry.msgid)) != Counter(_KEPT.findall(entry.msgstr))
            ]
            self.assertFalse(broken, language)

    def test_the_template_has_what_people_read_from_every_source(self):
        """Python, JavaScript, templates of the web client, views, fields and choices."""
        template = _strings("mto_manufacturing.pot").values()
        sources = {place for entry in template for place, _line in entry.occurrences}
        for part in (
            "models/mto_fault_text.py",
            "plan_words.js",
            "plan_view.xml",
            "ir.ui.view,arch_db:",
            "ir.model.fields,help:",
            "ir.model.fields.selection,name:",
            "stock.route,name:",
            "res.groups,name:",
        ):
            self.assertTrue([place for place in sources if part in place], part)


@tagged("post_install", "-at_install")
class TestLanguages(MtoCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        addon = cls.env.ref("base.module_mto_manufacturing")
        for code in LANGUAGES.values():
            cls.env["res.lang"]._activate_lang(code)
        addon._update_translations(list(LANGUAGES.values()))

    def expect(self, **texts):
        """Each language with the text in it."""
        for language, text in texts.items():
            yield LANGUAGES[language], text

    def test_the_strategies(self):
        for lang, text in self.expect(
            fr="Fabrication à la commande", de="Auftragsfertigung", es="Fabricación sobre pedido"
        ):
            template = self.env["product.template"].with_context(lang=lang)
            choices = template.fields_get(["supply_strategy"])["supply_strategy"]["selection"]
            self.assertEqual(dict(choices)["mto"], text)

    def test_what_the_web_client_says(self):
        """The radio's explanation is JavaScript's, "Unfold all" a template's."""
        for (lang, radio), (_lang, unfold) in zip(
            self.expect(
                fr="Fabriqué ou acheté pour chaque commande, même s'il y a du stock.",
                de="Für jeden Auftrag gefertigt oder eingekauft, auch wenn Bestand da ist.",
                es="Se fabrica o se compra para cada pedido, aunque haya stock.",
            ),
            self.expect(fr="Tout déplier", de="Alles ausklappen", es="Desplegar todo"),
            strict=True,
        ):
            told = code_translations.get_web_translations("mto_manufacturing", lang)
            texts = {message["id"]: message["string"] for message in told["messages"]}
            said = "Made or bought for each order, even when there is stock."
            self.assertEqual(texts[said], radio)
            self.assertEqual(texts["Unfold all"], unfold)

    def test_a_fault(self):
        product = self.new_product("Lamp", "mto")
        product.route_ids |= self.env.ref("mrp.route_warehouse0_manufacture")
        order = self.new_order({product: 1})
        for lang, text in self.expect(
            fr="Il doit être fabriqué, mais il n'a pas de nomenclature. "
            "Créez-en une, ou choisissez une autre route.",
            de="Es soll gefertigt werden, hat aber keine Stückliste. "
            "Erstellen Sie eine oder wählen Sie eine andere Route.",
            es="Hay que fabricarlo, pero no tiene lista de materiales. "
            "Cree una o elija otra ruta.",
        ):
            plan = order.with_context(lang=lang).get_mto_plan()
            self.assertEqual([fault["message"] for fault in plan["blockers"]], [text])

    def test_numbers_are_written_as_in_the_language(self):
        issue = Issue("late", 1, ("S00001",), args=(("days", 2.5),))
        for lang, days, many in (
            ("en_US", "2.5 days later", "1,234.5"),
            ("fr_FR", "2,5 jours plus tard", "1\xa0234,5"),
            ("de_DE", "2,5 Tage später", "1.234,5"),
            ("es_ES", "2,5 días más tarde", "1.234,5"),
        ):
            env = self.env(context={"lang": lang})
            self.assertIn(days, env["mto.fault.text"]._describe(issue))
            self.assertEqual(env["mto.supply.text"]._format_number(1234.5), many)
            self.assertEqual(env["mto.supply.text"]._format_number(8.0), "8")

    def test_the_buttons_of_an_order(self):
        for lang, text in self.expect(
            fr="Définir comme date de livraison",
            de="Als Liefertermin festlegen",
            es="Establecer como fecha de entrega",
        ):
            view = self.env.ref("sale.view_order_form")
            order = self.env["sale.order"].with_context(lang=lang)
            self.assertIn(text, order.get_view(view.id, "form")["arch"])

    @freeze_time("2026-11-16 08:00:00")
    def test_days_are_written_as_in_the_language_and_a_sentence_ends_once(self):
        """Some languages shorten a month with a dot, which is the sentence's own, too."""
        product = self.new_product("Lamp", "mto", vendor=True)
        product.seller_ids.delay = 14
        order = self.new_order({product: 1})
        for lang, end in (
            ("en_US", "here on Nov 30."),
            ("fr_FR", "arrive le 30 nov."),
            ("de_DE", "am 30. Nov. ein."),
            ("es_ES", "llega el 30 nov."),
        ):
            plan = order.with_context(lang=lang).get_mto_plan()
            text = plan["lines"][0]["supplies"][0]["reason"]["text"]
            self.assertEqual(text[-len(end) :], end)
            self.assertNotIn("..", text)

    @freeze_time("2026-11-16 08:00:00")
    def test_what_is_kept_is_told_in_the_reader_s_language(self):
        """Whoever had the quotation planned may have another language."""
        lamp, wood, glass, shade = (
            self.new_product(name, strategy)
            for name, strategy in (
                ("Lamp", "mto"),
                ("Wood", False),
                ("Glass", False),
                ("Shade", "mto"),
            )
        )
        self.new_price(wood, self.vendor, delay=4)
        self.put_in_stock(glass, 1)
        self.new_bom(lamp, {wood: 1, glass: 1, shade: 1})
        french = {lamp: "Lampe", wood: "Bois", glass: "Verre", shade: "Abat-jour"}
        for product, name in french.items():
            product.with_context(lang="fr_FR").name = name
        self.env.ref("uom.product_uom_unit").with_context(lang="fr_FR").name = "Unités"
        order = self.new_order({lamp: 2})
        for lang, names, unit in (
            ("en_US", ["Lamp", "Wood", "Glass", "Shade"], "Units"),
            ("fr_FR", ["Lampe", "Bois", "Verre", "Abat-jour"], "Unités"),
        ):
            read = order.with_context(lang=lang)
            summary = json.loads(read.order_line.mto_promise_summary)
            bought, made = summary["steps"][:2]
            (glass_there,), missing = summary["stock"], summary["missing"]
            told = [made["product"], bought["product"], glass_there["product"]]
            self.assertEqual([*told, missing[-1]["product"]], names)
            self.assertEqual({one["uom"] for one in (glass_there, *missing)}, {unit})
            self.assertEqual(read.get_mto_summary(order.order_line.id), summary)
            faults = read.mto_promise_data["faults"]
            path = next(one["path"] for one in faults if one["product_id"] == shade.id)
            self.assertEqual(path, f"{order.name} > {names[0]} > {names[-1]}")
        kept = order.mto_promise_kept
        self.env["mto.promise"].with_context(lang="fr_FR")._refresh(order)
        self.assertEqual(order.mto_promise_kept, kept, "whoever plans it, it is the same")
