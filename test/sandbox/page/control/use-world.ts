import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from './client.ts';
import { type RawState, readWorld } from './read-world.ts';
import type { World } from './world.ts';

/** Events come in flocks; the page asks once per flock. */
const gatherMs = 60;
const retryMs = 1_500;

export type Live = { world: World | undefined; connected: boolean; refresh: () => void };

/**
 * The whole state of the sandbox, read anew after every event that the sandbox announces, one reading after the other.
 * `customer` is in it however many came after them.
 */
export function useWorld(customer: string | undefined): Live {
  const [world, setWorld] = useState<World>();
  const [connected, setConnected] = useState(false);
  const timer = useRef<number>(undefined);
  const isStale = useRef(false);
  const inHand = useRef(customer);

  const read = useCallback(async () => {
    try {
      const query = inHand.current === undefined ? '' : `?${new URLSearchParams({ customer: inHand.current })}`;
      setWorld(readWorld(await call<RawState>('GET', `state${query}`)));
    } catch {
      // The server is away; the event source notices and brings us back.
    }
  }, []);

  const refresh = useCallback(() => {
    isStale.current = true;
    if (timer.current !== undefined) return;
    timer.current = window.setTimeout(async () => {
      isStale.current = false;
      await read();
      timer.current = undefined;
      if (isStale.current) refresh();
    }, gatherMs);
  }, [read]);

  useEffect(() => {
    let source: EventSource | undefined;
    let again: number | undefined;
    const open = () => {
      source = new EventSource('control/events');
      source.onopen = () => {
        setConnected(true);
        refresh();
      };
      source.onmessage = refresh;
      source.onerror = () => {
        setConnected(false);
        source?.close();
        again = window.setTimeout(open, retryMs);
      };
    };
    open();
    return () => {
      source?.close();
      window.clearTimeout(again);
      window.clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [refresh]);

  useEffect(() => {
    if (inHand.current === customer) return;
    inHand.current = customer;
    refresh();
  }, [customer, refresh]);

  return { world, connected, refresh };
}
