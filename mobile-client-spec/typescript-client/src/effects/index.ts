// The effects of the commands that this client knows; an app adds its own to them.

import type { EffectsByName } from "../overlay.ts";
import { CONFLICT_EFFECTS } from "./conflicts.ts";
import { CUSTOMER_EFFECTS } from "./customers.ts";
import { VISIT_EFFECTS } from "./visits.ts";

export const EFFECTS: EffectsByName = { ...CUSTOMER_EFFECTS, ...VISIT_EFFECTS, ...CONFLICT_EFFECTS };
