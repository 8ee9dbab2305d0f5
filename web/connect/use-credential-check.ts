import { useEffect, useState } from 'react';
import { fetchApi, type Schemas } from '../api/client.ts';

export type CheckInput = Schemas['CredentialInputInput'];
export type CheckOutcome = Schemas['CredentialReport'];

export type LiveCheck = {
  isChecking: boolean;
  /** What is known of what is entered now. */
  outcome: CheckOutcome | undefined;
  /** What was known last, though of something else: choices do not vanish while one types. */
  last: CheckOutcome | undefined;
  /** The network has not answered in time. */
  isUnknown: boolean;
  error: unknown;
  /** Somebody has had it made again: the button for that stays, whatever is found. */
  isAskedAgain: boolean;
  again: () => void;
};

/** Whoever types is not interrupted before this. */
const QUIET_MS = 600;

type State = { key: string; outcome?: CheckOutcome; isUnknown?: boolean; error?: unknown };

/** Asks what is entered about, as soon as it has not changed for a moment; undefined: there is nothing to ask yet. */
export function useCredentialCheck(input: CheckInput | undefined): LiveCheck {
  const key = input === undefined ? '' : JSON.stringify(input);
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<State>({ key: '' });
  const [last, setLast] = useState<CheckOutcome>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` asks the same again
  useEffect(() => {
    if (key === '') return undefined;
    const abort = new AbortController();
    const timer = window.setTimeout(() => void ask(key, abort.signal).then(settle), QUIET_MS);
    const settle = (found: State) => {
      if (abort.signal.aborted) return;
      setState(found);
      if (found.outcome !== undefined) setLast(found.outcome);
    };
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [key, tries]);
  const current = state.key === key ? state : undefined;
  return {
    isChecking: key !== '' && current === undefined,
    outcome: current?.outcome,
    last,
    isUnknown: current?.isUnknown === true,
    error: current?.error,
    isAskedAgain: tries > 0,
    again: () => {
      setState({ key: '' });
      setTries(tries + 1);
    },
  };
}

async function ask(key: string, signal: AbortSignal): Promise<State> {
  try {
    const body = JSON.parse(key) as CheckInput;
    const { data, error, response } = await fetchApi.POST('/v1/credential-checks', { body, signal });
    if (response.status === 202) return { key, isUnknown: true };
    return data === undefined ? { key, error } : { key, outcome: data as CheckOutcome };
  } catch (error) {
    return { key, error };
  }
}
