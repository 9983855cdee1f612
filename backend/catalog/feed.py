"""What phones get of the catalog: all of it, in the scope of the company."""

from catalog.models import Category, Product
from core.feeds import Feed, publish

PRODUCT = publish(
    Feed(
        "product",
        Product,
        scope="company_id",
        columns=("code", "name", "category_id", "unit", "price", "currency", "is_active"),
    )
)
PRODUCT_CATEGORY = publish(Feed("product_category", Category, scope="company_id", columns=("name", "parent_id")))
