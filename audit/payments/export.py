"""Payments as an Excel file that adds up to the đồng."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from audit.i18n import day
from audit.i18n import gettext as _
from audit.payments import words
from audit.payments.models import Payment

MONEY = "#,##0"
WIDTHS = (12, 24, 16, 28, 28, 24, 14, 14, 14, 18, 14, 14, 22)


def payments_xlsx(payments: Sequence[Payment]) -> bytes:
    """One row each and a row of sums; amounts are whole numbers of đồng. Headings in the reader's language."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("Payments")[:31])
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": MONEY})
    total = book.add_format({"bold": True, "num_format": MONEY, "top": 1})
    heads = _heads()
    sheet.write_row(0, 0, heads, bold)
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    for row, payment in enumerate(payments, start=1):
        for place, value in enumerate(_row(payment)):
            if isinstance(value, int):
                sheet.write_number(row, place, value, money)
            else:
                sheet.write_string(row, place, value)
    _sums(sheet, payments, total)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(payments)), len(heads) - 1)
    book.close()
    return file.getvalue()


def _heads() -> list[str]:
    return [
        _("Number"),
        _("Shopper"),
        _("Phone number"),
        _("Mail address"),
        _("Branch"),
        _("Wave"),
        _("Fee (₫)"),
        _("Expense (₫)"),
        _("Together (₫)"),
        _("State"),
        _("Due"),
        _("Paid on"),
        _("Reference"),
    ]


def _row(payment: Payment) -> list[Any]:
    shopper, visit = payment.shopper, payment.visit
    return [
        number_of(payment),
        shopper.name,
        shopper.phone or "",
        shopper.email or "",
        visit.branch.name,
        f"{visit.client.name}: {visit.wave.name}",
        payment.fee,
        payment.expense,
        payment.fee + payment.expense,
        words.state(payment.state),
        day(payment.due_on),
        day(payment.paid_on) if payment.paid_on else "",
        payment.reference,
    ]


def number_of(payment: Payment) -> str:
    """What the transfer and the list are told apart by."""
    return f"TT-{payment.id:06d}"


def _sums(sheet: Any, payments: Sequence[Payment], total: Any) -> None:
    """A formula for whoever goes on counting, with its value for programs that do not."""
    last = len(payments) + 1
    sheet.write_string(last, 0, _("Sum"), total)
    figures = (
        sum(payment.fee for payment in payments),
        sum(payment.expense for payment in payments),
        sum(payment.fee + payment.expense for payment in payments),
    )
    for place, figure in zip(range(6, 9), figures, strict=True):
        column = chr(ord("A") + place)
        if payments:
            sheet.write_formula(last, place, f"=SUM({column}2:{column}{last})", total, figure)
        else:
            sheet.write_number(last, place, 0, total)
