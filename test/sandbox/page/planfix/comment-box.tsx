import { Button, CloseButton, Group, Select, Text } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useAct } from '../acting.tsx';
import { addComment, editComment, proposeNotified } from '../control/client.ts';
import type { Account, Comment, Person, QuickReply, Task } from '../control/world.ts';
import { SendIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { NotifyChoice } from './notify-choice.tsx';
import { QuickReplyList, replaceTyped, typedAfterAsterisk, useQuickReplies } from './quick-replies.tsx';
import { RichTextEditor, Tool } from './rich-text-editor.tsx';

/** What the box is for: a comment, an answer to one, or a change of one. */
export type Draft = { replyTo?: Comment; editing?: Comment };

type CommentBoxProps = {
  account: Account;
  task: Task;
  draft: Draft;
  author: string;
  onAuthor: (author: string) => void;
  onDone: () => void;
};

export function CommentBox({ account, task, draft, author, onAuthor, onDone }: CommentBoxProps) {
  const t = useTexts();
  const act = useAct();
  const area = useRef<HTMLDivElement>(null);
  const [html, setHtml] = useState(draft.editing?.html ?? '');
  const [typed, setTyped] = useState<string>();
  const [busy, setBusy] = useState(false);
  const quick = useQuickReplies(account.account, typed);
  const notify = useNotified(account, task, draft, author);

  const submit = async () => {
    if (html === '' || busy) return;
    setBusy(true);
    const ids = notify.chosen.map((person) => person.id);
    const done = await act(() =>
      draft.editing === undefined
        ? addComment(account.account, { task: task.id, author, html, notify: ids })
        : editComment(account.account, draft.editing.id, { html, notify: ids }),
    );
    setBusy(false);
    if (done) onDone();
  };

  const pick = (reply: QuickReply) => {
    if (typed !== undefined) replaceTyped(typed, reply.text);
    setTyped(undefined);
  };

  const onKey = (event: KeyboardEvent): boolean => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      void submit();
      return true;
    }
    if (typed === undefined) return false;
    if (event.key === 'Escape') {
      setTyped(undefined);
      return true;
    }
    const reply = quick.found[quick.chosen];
    if (reply === undefined) return false;
    if (event.key === 'Enter' || event.key === 'Tab') pick(reply);
    else if (event.key === 'ArrowDown') quick.setChosen(Math.min(quick.chosen + 1, quick.found.length - 1));
    else if (event.key === 'ArrowUp') quick.setChosen(Math.max(quick.chosen - 1, 0));
    else return false;
    return true;
  };

  return (
    <div className="comment-box">
      <DraftLine draft={draft} onStop={onDone} />
      {typed !== undefined && <QuickReplyList found={quick.found} chosen={quick.chosen} onPick={pick} />}
      <RichTextEditor
        area={area}
        label={t.commentText}
        placeholder={t.commentPlaceholder}
        initialHtml={draft.editing?.html ?? ''}
        onChange={(next) => {
          setHtml(next);
          setTyped(typedAfterAsterisk());
        }}
        onKey={onKey}
        tools={<QuickReplyTool onUse={() => startQuickReply(area.current)} />}
      />
      <NotifyChoice chosen={notify.chosen} candidates={notify.candidates} onChange={notify.choose} />
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <AuthorChoice account={account} author={author} onAuthor={onAuthor} />
        <Button
          onClick={() => void submit()}
          disabled={html === ''}
          loading={busy}
          leftSection={<SendIcon size={16} />}
        >
          {draft.editing === undefined ? t.addComment : t.save}
        </Button>
      </Group>
    </div>
  );
}

/** Planfix's proposal, asked for anew with every comment, until the agent chooses by hand. */
function useNotified(account: Account, task: Task, draft: Draft, author: string) {
  const [chosen, setChosen] = useState<Person[]>(draft.editing?.notified ?? []);
  const [candidates, setCandidates] = useState<Person[]>([]);
  const byHand = useRef(draft.editing !== undefined);
  const newest = task.comments.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new comment changes the proposal
  useEffect(() => {
    let current = true;
    proposeNotified(account.account, task.id, author, draft.replyTo?.id)
      .then((proposal) => {
        if (!current) return;
        setCandidates(proposal.candidates);
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
  return { chosen, candidates, choose };
}

function DraftLine({ draft, onStop }: { draft: Draft; onStop: () => void }) {
  const t = useTexts();
  if (draft.editing === undefined && draft.replyTo === undefined) return null;
  return (
    <Group justify="space-between" className="draft-line" wrap="nowrap">
      <Text size="xs" fw={600} truncate>
        {draft.editing === undefined ? t.replyingTo(draft.replyTo?.owner.name ?? '') : t.editing}
      </Text>
      <CloseButton size="xs" aria-label={draft.editing === undefined ? t.stopReplying : t.cancel} onClick={onStop} />
    </Group>
  );
}

type AuthorChoiceProps = { account: Account; author: string; onAuthor: (author: string) => void };

function AuthorChoice({ account, author, onAuthor }: AuthorChoiceProps) {
  const t = useTexts();
  const people = account.employees.filter((person) => person.active && !person.robot);
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" c="dimmed" visibleFrom="lg">
        {t.writeAs}
      </Text>
      <Select
        size="xs"
        w={190}
        aria-label={t.writeAs}
        allowDeselect={false}
        data={people.map((person) => ({ value: person.id, label: person.name }))}
        value={author}
        onChange={(value) => value !== null && onAuthor(value)}
      />
    </Group>
  );
}

function QuickReplyTool({ onUse }: { onUse: () => void }) {
  const t = useTexts();
  return (
    <Tool label={t.quickReplies} onUse={onUse}>
      <span className="asterisk">*</span>
    </Tool>
  );
}

function startQuickReply(area: HTMLDivElement | null): void {
  area?.focus();
  document.execCommand('insertText', false, area?.textContent === '' ? '*' : ' *');
}
