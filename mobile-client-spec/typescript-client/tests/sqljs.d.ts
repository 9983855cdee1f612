// The part of sql.js that the tests use: SQLite in JavaScript, without a file.
declare module "sql.js/dist/sql-wasm-inline.js" {
  interface Statement {
    bind(values: readonly (string | number | null)[]): boolean;
    step(): boolean;
    getAsObject(): Record<string, string | number | null>;
    free(): void;
  }
  class Database {
    constructor(content?: Uint8Array);
    run(sql: string, values: readonly (string | number | null)[]): void;
    prepare(sql: string): Statement;
    export(): Uint8Array;
    close(): void;
  }
  export default function initialise(): Promise<{ readonly Database: typeof Database }>;
}
