import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from './client.ts';
import { type RawState, readWorld } from './read-world.ts';
import type { World } from './world.ts';

/** Events come in flocks; the page asks once per flock. */
const gatherMs = 60;
const retryMs = 1_500;

export type Live = { world: World | undefined; connected: boolean; refresh: () => void };

/** The whole state of the sandbox, read anew after every event that the sandbox announces. */
export function useWorld(): Live {
  const [world, setWorld] = useState<World>();
  const [connected, setConnected] = useState(false);
  const timer = useRef<number>(undefined);
  const asked = useRef(0);
  const shown = useRef(0);

  const read = useCallback(async () => {
    asked.current += 1;
    const turn = asked.current;
    try {
      const next = readWorld(await call<RawState>('GET', 'state'));
      // Two answers can overtake each other; the page never goes back in time.
      if (turn < shown.current) return;
      shown.current = turn;
      setWorld(next);
    } catch {
      // The server is away; the event source notices and brings us back.
    }
  }, []);

  const refresh = useCallback(() => {
    if (timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      void read();
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

  return { world, connected, refresh };
}
