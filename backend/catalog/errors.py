"""The typed refusals of catalog."""

from core.errors import DomainError, NotFound


class ProductNotFound(NotFound):
    """There is no such product."""

    code = "catalog.product_not_found"
    zh = "产品不存在。"


class CategoryNotFound(NotFound):
    """There is no such product category."""

    code = "catalog.category_not_found"
    zh = "产品类别不存在。"


class ProductCodeTaken(DomainError):
    """Another product has this code."""

    code = "catalog.product_code_taken"
    zh = "该产品代码已被另一产品使用。"
    constraint = "catalog_product_code"


class CategoryCycle(DomainError):
    """A category cannot lie below itself."""

    code = "catalog.category_cycle"
    zh = "类别不能置于自身之下。"
