// One at a time: requests of one device never overlap (OUT-2), also when the app is open in several tabs.

/** Runs work while no other work of that name runs. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** The Web Locks of the browser, which all its tabs and workers share; within this process where there are none. */
export function deviceLock(store: string): Lock {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (!locks) return processLock();
  return async (name, work) => locks.request(`roundsman ${store} ${name}`, work);
}

/** A lock within this process. */
export function processLock(): Lock {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, turn);
    return turn;
  };
}
