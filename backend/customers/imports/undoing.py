"""How the commands of this app that imports carry out are undone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.imports.reversal import Removal, SettingBack, declare
from customers.models import Contact, Customer, Share, Site


def _added_to(ids: Sequence[UUID], since: datetime) -> set[UUID]:
    """The customers with a site, a contact or somebody who shares them that came or changed since (three queries)."""
    rows = (
        Contact.objects.filter(customer_id__in=ids, updated_at__gt=since),
        Site.objects.filter(customer_id__in=ids, updated_at__gt=since),
        Share.objects.filter(customer_id__in=ids, created_at__gt=since),
    )
    return {id_ for found in rows for id_ in found.values_list("customer_id", flat=True)}


declare("customers.create", Removal(Customer, "customers.delete", touched=_added_to))
declare("customers.update", SettingBack(Customer))
declare("customers.add_contact", Removal(Contact, "customers.remove_contact"))
declare("customers.update_contact", SettingBack(Contact))
declare("customers.add_site", Removal(Site, "customers.remove_site"))
declare("customers.update_site", SettingBack(Site))
