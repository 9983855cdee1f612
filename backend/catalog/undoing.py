"""How the commands of this app that imports carry out are undone. Categories that came along stay."""

from typing import Any

from catalog.models import Product
from core.imports.errors import NothingToUndo
from core.imports.reversal import Removal, SettingBack, declare


def _put_away(product: Product) -> dict[str, Any]:
    """Products are referred to by what was sold, so they are no longer offered instead of removed."""
    if not product.is_active:
        raise NothingToUndo
    return {"id": str(product.id), "changes": {"is_active": {"from": True, "to": False}}}


declare("catalog.create_product", Removal(Product, "catalog.update_product", _put_away))
declare("catalog.update_product", SettingBack(Product))
