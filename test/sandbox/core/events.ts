/** Something changed; `kind` is `<half>.<what>`, such as `graph.message`. Says what, never how it looks now. */
export type SandboxEvent = { kind: string } & Record<string, unknown>;

export type EventBus = {
  emit: (event: SandboxEvent) => void;
  /** Resolves to a function that ends the subscription. */
  subscribe: (listener: (event: SandboxEvent) => void) => () => void;
};

export function createEventBus(): EventBus {
  const listeners = new Set<(event: SandboxEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
