// Compliance: the charts of the figures, again whenever the figures were loaded anew.
import { drawCharts } from "./parts/chart.ts";

drawCharts();
document.addEventListener("htmx:afterSettle", drawCharts);
