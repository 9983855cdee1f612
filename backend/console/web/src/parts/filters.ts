// A list's address names only what is chosen: empty fields of its filters are left out.

const isEmpty = (control: Element): boolean =>
  (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) && control.value === "";

export function keepFiltersShort(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const { detail, target } = event as CustomEvent<{ parameters: FormData }>;
    if (!(target as Element).matches("form.filters")) return;
    for (const [name, value] of [...detail.parameters]) {
      if (value === "") detail.parameters.delete(name);
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("form.filters")) return;
    for (const control of form.elements) {
      if (isEmpty(control)) control.toggleAttribute("disabled", true);
    }
  });
}
