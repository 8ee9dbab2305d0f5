import { type ReactNode, useEffect, useState } from 'react';

type PlayerProps = { kind: 'audio' | 'video'; url: string; name: string; instead: ReactNode };

/**
 * Plays a recording; `instead` where the browser cannot. It gets all bytes at once: the sandbox gives no parts of files,
 * without which a player knows neither the length nor how to go back.
 */
export function Player({ kind, url, name, instead }: PlayerProps) {
  const [source, setSource] = useState<string>();
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    let made: string | undefined;
    const load = async () => {
      const response = await fetch(url, { signal: controller.signal });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      made = URL.createObjectURL(await response.blob());
      setSource(made);
    };
    load().catch(() => !controller.signal.aborted && setIsBroken(true));
    return () => {
      controller.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [url]);
  if (isBroken) return instead;
  const common = { src: source, 'aria-label': name, controls: true, onError: () => setIsBroken(true) };
  return kind === 'audio' ? <audio {...common} /> : <video {...common} />;
}
