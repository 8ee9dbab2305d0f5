import { useQueryClient } from '@tanstack/react-query';
import { createContext, type PropsWithChildren, useContext, useEffect, useMemo, useRef, useState } from 'react';

type Listener = () => void;
type Live = { listen: (topic: string, listener: Listener) => () => void };

const LiveContext = createContext<Live | undefined>(undefined);
/** Pages that follow each other share the stream that is opened after this long. */
const GATHER_MS = 50;
/** While a list is being read, what changed is read after it. */
const AGAIN_MS = 200;

/** One stream of server-sent events for whatever the open page listens to. */
export function LiveProvider({ children }: PropsWithChildren) {
  const listeners = useRef(new Map<string, Set<Listener>>());
  const [topics, setTopics] = useState('');
  const live = useMemo<Live>(() => {
    let timer: number | undefined;
    const gather = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setTopics([...listeners.current.keys()].sort().join(',')), GATHER_MS);
    };
    return {
      listen: (topic, listener) => {
        const known = listeners.current.get(topic) ?? new Set();
        listeners.current.set(topic, known.add(listener));
        gather();
        return () => {
          known.delete(listener);
          if (known.size === 0) listeners.current.delete(topic);
          gather();
        };
      },
    };
  }, []);
  useEffect(() => {
    if (topics === '') return undefined;
    const stream = new EventSource(`/v1/stream?topics=${encodeURIComponent(topics)}`);
    // What happened before it was open, or while it was away, was told to nobody.
    stream.addEventListener('open', () => {
      for (const known of listeners.current.values()) for (const listener of known) listener();
    });
    stream.addEventListener('changed', (event) => {
      const { topic } = JSON.parse(event.data) as { topic: string };
      for (const listener of listeners.current.get(topic) ?? []) listener();
    });
    return () => stream.close();
  }, [topics]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/**
 * While the component is shown, these paths of the API are read again as soon as the topic changes (`connections`,
 * `conversation:<id>` and so on; `GET /v1/stream` lists them).
 */
export function useLive(topic: string, ...paths: string[]): void {
  const live = useContext(LiveContext);
  const queryClient = useQueryClient();
  const joined = paths.join(' ');
  useEffect(() => {
    const timers = new Map<string, number>();
    const readAnew = (path: string) => {
      window.clearTimeout(timers.get(path));
      const queryKey = ['get', path];
      // Reading anew would end a reading that is under way, such as that of a list's next page.
      if (queryClient.isFetching({ queryKey }) > 0) timers.set(path, window.setTimeout(readAnew, AGAIN_MS, path));
      else void queryClient.invalidateQueries({ queryKey });
    };
    const stop = live?.listen(topic, () => {
      for (const path of joined.split(' ')) readAnew(path);
    });
    return () => {
      stop?.();
      for (const timer of timers.values()) window.clearTimeout(timer);
    };
  }, [live, topic, joined, queryClient]);
}
