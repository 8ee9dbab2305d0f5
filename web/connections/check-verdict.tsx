import type { Schemas } from '../api/client.ts';
import { useFindingWords } from './finding-words.ts';
import { Verdict } from './verdict.tsx';

/** What a live check of an account or a connection found, in the reader's language. */
export function CheckVerdict({ check }: { check: Schemas['Check'] }) {
  const { message, remedy } = useFindingWords()(check);
  return (
    <Verdict grade={check.ok ? 'ok' : 'fault'} remedy={remedy}>
      {message}
    </Verdict>
  );
}
