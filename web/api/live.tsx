import { useDocumentVisibility } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type PropsWithChildren, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { readSessionAnew } from './client.ts';

type Listener = () => void;
type Listen = (topic: string, listener: Listener) => () => void;

const LiveContext = createContext<Listen | undefined>(undefined);
const AwayContext = createContext(false);
/** Pages that follow each other share the stream that is opened after this long. */
const GATHER_MS = 50;
/** While a list is being read, what changed is read after it. */
const AGAIN_MS = 200;
/** A stream that was refused is asked for again after this long, and ever later. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A break that is shorter than this is told to nobody. */
const AWAY_MS = 5_000;

/** One stream of server-sent events for whatever the open page listens to. */
export function LiveProvider({ children }: PropsWithChildren) {
  const queryClient = useQueryClient();
  const listeners = useRef(new Map<string, Set<Listener>>());
  const [topics, setTopics] = useState('');
  const [isAway, setIsAway] = useState(false);
  const listen = useMemo<Listen>(() => {
    let timer: number | undefined;
    const gather = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setTopics([...listeners.current.keys()].sort().join(',')), GATHER_MS);
    };
    return (topic, listener) => {
      const known = listeners.current.get(topic) ?? new Set();
      listeners.current.set(topic, known.add(listener));
      gather();
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.current.delete(topic);
        gather();
      };
    };
  }, []);
  const isShown = useDocumentVisibility() !== 'hidden';
  useEffect(() => {
    // Over HTTP/1.1 the streams of hidden tabs would leave no connection to the one that is looked at.
    if (topics === '' || !isShown) return undefined;
    return openStream(topics, {
      // What happened before it was open was told to nobody.
      onOpen: () => {
        for (const known of listeners.current.values()) for (const listener of known) listener();
      },
      onReturn: () => void queryClient.invalidateQueries(),
      onAway: setIsAway,
      onRefused: () => void readSessionAnew(),
      onChanged: (topic) => {
        for (const listener of listeners.current.get(topic) ?? []) listener();
      },
    });
  }, [topics, isShown, queryClient]);
  return (
    <LiveContext value={listen}>
      <AwayContext value={isAway}>{children}</AwayContext>
    </LiveContext>
  );
}

/** Whether nothing has been heard of changes for a while, so that what is shown may be old. */
export const useIsAway = (): boolean => useContext(AwayContext);

type StreamEvents = {
  onOpen: () => void;
  /** It is open again after it had broken off. */
  onReturn: () => void;
  onAway: (isAway: boolean) => void;
  /** It was answered with a refusal, whichever: a browser does not tell. */
  onRefused: () => void;
  onChanged: (topic: string) => void;
};

/** Opens the stream and keeps it open until what is returned is called. */
function openStream(topics: string, { onOpen, onReturn, onAway, onRefused, onChanged }: StreamEvents): () => void {
  let stream: EventSource;
  let timer: number | undefined;
  let waitMs = FIRST_WAIT_MS;
  let awayTimer: number | undefined;
  const back = () => {
    window.clearTimeout(awayTimer);
    awayTimer = undefined;
    onAway(false);
  };
  const leave = () => {
    awayTimer ??= window.setTimeout(onAway, AWAY_MS, true);
  };
  const open = () => {
    stream = new EventSource(`/v1/stream?topics=${encodeURIComponent(topics)}`);
    stream.addEventListener('open', () => {
      if (awayTimer === undefined) onOpen();
      else onReturn();
      back();
      waitMs = FIRST_WAIT_MS;
    });
    stream.addEventListener('changed', (event) => onChanged((JSON.parse(event.data) as { topic: string }).topic));
    stream.addEventListener('error', () => {
      leave();
      // After a break the browser comes again by itself, after a refusal it does not.
      if (stream.readyState !== EventSource.CLOSED) return;
      onRefused();
      timer = window.setTimeout(open, waitMs);
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    });
  };
  // The stream of a network that is gone may seem to be open for long.
  const openAnew = () => {
    leave();
    window.clearTimeout(timer);
    stream.close();
    open();
  };
  open();
  window.addEventListener('offline', leave);
  window.addEventListener('online', openAnew);
  return () => {
    window.removeEventListener('offline', leave);
    window.removeEventListener('online', openAnew);
    window.clearTimeout(timer);
    back();
    stream.close();
  };
}

/**
 * While the component is shown, these paths of the API are read again as soon as the topic changes (`connections`,
 * `conversation:<id>` and so on; `GET /v1/stream` lists them).
 */
export function useLive(topic: string, ...paths: string[]): void {
  const listen = useContext(LiveContext);
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
    const stop = listen?.(topic, () => {
      for (const path of joined.split(' ')) readAnew(path);
    });
    return () => {
      stop?.();
      for (const timer of timers.values()) window.clearTimeout(timer);
    };
  }, [listen, topic, joined, queryClient]);
}
