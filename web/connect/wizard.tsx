import { createContext, type PropsWithChildren, useCallback, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Draft, keepDraft, NO_SECRETS, readDraft, type Secrets } from './draft.ts';

type Wizard = {
  draft: Draft;
  /** Kept in memory only, and gone with the page. */
  secrets: Secrets;
  /** What the API said when the number was to be connected, until it is tried again. */
  refusal: unknown;
  change(part: Partial<Draft>): void;
  changeSecrets(part: Partial<Secrets>): void;
  setRefusal(error: unknown): void;
};

const WizardContext = createContext<Wizard | undefined>(undefined);

/** Holds what is entered while one goes from step to step. */
export function WizardProvider({ children }: PropsWithChildren) {
  const { i18n } = useTranslation();
  const [draft, setDraft] = useState(() => readDraft(i18n.language));
  const [secrets, setSecrets] = useState(NO_SECRETS);
  const [refusal, setRefusal] = useState<unknown>();
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((known) => {
      const next = { ...known, ...part };
      keepDraft(next);
      return next;
    });
  }, []);
  const wizard = useMemo<Wizard>(
    () => ({
      draft,
      secrets,
      refusal,
      change,
      changeSecrets: (part) => setSecrets((known) => ({ ...known, ...part })),
      setRefusal,
    }),
    [draft, secrets, refusal, change],
  );
  return <WizardContext value={wizard}>{children}</WizardContext>;
}

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (wizard === undefined) throw new Error('a step outside of the wizard');
  return wizard;
}
