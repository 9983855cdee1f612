// What the designer asks the server: to judge and try out, to keep the draft, and for products.
import type { Definition } from "./model.ts";

export type Found = [id: string, name: string, code: string];
export type Products = {
  categories: [string, string][];
  names: Record<string, string>;
  find: (asked: { q?: string; category?: string }) => Promise<Found[]>;
};
export type Fault = { question: number | null; message: string };
export type Trial = {
  fault: Fault | null;
  answer_fault: { question: string | null; message: string } | null;
  result: { hidden: string[]; missing: [string, string | null, string | null][]; percent: string | null } | null;
};

export type Server = {
  tryOut: (definition: Definition, answers: Record<string, unknown>) => Promise<Trial>;
  save: (definition: Definition) => Promise<string | null>;
  find: Products["find"];
};

/** Each call rejects where the server cannot be reached or does not answer as it should. */
export function serverOf(root: HTMLElement): Server {
  const token = root.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const post = async (address: string, body: unknown): Promise<Response> => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(response.status));
    return response;
  };
  return {
    tryOut: async (definition, answers) => (await post(root.dataset["check"] ?? "", { definition, answers })).json() as Promise<Trial>,
    save: async (definition) => {
      const response = await post(root.dataset["save"] ?? "", { definition });
      return response.ok ? null : ((await response.json()) as { message: string }).message;
    },
    find: async (asked) => ((await (await post(root.dataset["products"] ?? "", asked)).json()) as { products: Found[] }).products,
  };
}
