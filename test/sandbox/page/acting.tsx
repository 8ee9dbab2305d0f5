import { Notification, Portal } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { useTexts } from './texts/language.tsx';

/** Runs one call of the sandbox; resolves to whether it worked, and shows the reason if it did not. */
export type Act = (work: () => Promise<unknown>) => Promise<boolean>;

const ActContext = createContext<Act>(async () => false);

export const useAct = (): Act => useContext(ActContext);

const shownForMs = 8_000;

/** Every click that changes the sandbox goes through here, so that none fails in silence. */
export function ActProvider({ children, onDone }: { children: ReactNode; onDone: () => void }) {
  const t = useTexts();
  const [reason, setReason] = useState<string>();
  const act = useCallback<Act>(
    async (work) => {
      try {
        await work();
        setReason(undefined);
        return true;
      } catch (error) {
        setReason(error instanceof Error ? error.message : String(error));
        return false;
      } finally {
        onDone();
      }
    },
    [onDone],
  );
  useEffect(() => {
    if (reason === undefined) return;
    const timer = window.setTimeout(() => setReason(undefined), shownForMs);
    return () => window.clearTimeout(timer);
  }, [reason]);
  return (
    <ActContext value={act}>
      {children}
      {reason !== undefined && (
        <Portal>
          <Notification
            className="failure-note"
            color="red"
            withBorder
            role="alert"
            onClose={() => setReason(undefined)}
            closeButtonProps={{ 'aria-label': t.close }}
          >
            {t.requestFailed(reason)}
          </Notification>
        </Portal>
      )}
    </ActContext>
  );
}
