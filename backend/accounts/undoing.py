"""How the commands of this app that imports carry out are undone: nobody who was here is removed."""

from accounts.models import User
from core.imports.reversal import Removal, SettingBack, declare

declare("accounts.create_user", Removal(User, "accounts.deactivate_user"))
declare("accounts.update_user", SettingBack(User))
