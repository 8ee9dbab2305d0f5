import { useCallback, useEffect, useState } from 'react';

/**
 * Asks again and again while the page shows it; the last answer stays while the next is on its way. `reason` is why the
 * last attempt failed.
 */
export function usePolled<Answer>(ask: (() => Promise<Answer>) | undefined, everyMs: number) {
  const [answer, setAnswer] = useState<Answer>();
  const [reason, setReason] = useState<string>();
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((known) => known + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further turn asks at once
  useEffect(() => {
    if (ask === undefined) return;
    let isCurrent = true;
    let timer: number | undefined;
    const look = async () => {
      try {
        const next = await ask();
        if (!isCurrent) return;
        setAnswer(next);
        setReason(undefined);
      } catch (error) {
        if (isCurrent) setReason(error instanceof Error ? error.message : String(error));
      }
      if (isCurrent) timer = window.setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [ask, everyMs, turn]);
  return { answer, reason, again };
}
