import { useEffect, useRef, useState } from 'react';
import { proposeNotified } from '../control/client.ts';
import type { Account, Person, Task } from '../control/world.ts';
import type { Draft } from './comment-box.tsx';

/** Planfix's proposal, asked for anew with every comment, until the agent chooses by hand. */
export function useNotified(account: Account, task: Task, draft: Draft, author: string) {
  const [chosen, setChosen] = useState<Person[]>(draft.editing?.notified ?? []);
  const [candidates, setCandidates] = useState<Person[]>([]);
  const byHand = useRef(draft.editing !== undefined);
  const [proposedTo, setProposedTo] = useState<string>();
  const newest = task.comments.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new comment changes the proposal
  useEffect(() => {
    let current = true;
    proposeNotified(account.account, task.id, author, draft.replyTo?.id)
      .then((proposal) => {
        if (!current) return;
        setCandidates(proposal.candidates);
        setProposedTo(author);
        if (!byHand.current) setChosen(proposal.preselected);
      })
      // The task has just been deleted for good: the next state closes it.
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [account.account, task.id, author, draft.replyTo?.id, newest]);
  const choose = (next: Person[]) => {
    byHand.current = true;
    setChosen(next);
  };
  // Nothing is sent on the proposal that was made to another employee.
  return { chosen, candidates, choose, ready: byHand.current || proposedTo === author };
}
