import { Button, CloseButton, Group, Select, Text } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useAct } from '../acting.tsx';
import { addComment, editComment } from '../control/client.ts';
import type { Account, Comment, Task } from '../control/world.ts';
import { AsteriskIcon, SendIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { NotifyChoice } from './notify-choice.tsx';
import { QuickReplyList } from './quick-replies.tsx';
import { RichTextEditor, Tool } from './rich-text-editor.tsx';
import { useNotified } from './use-notified.ts';
import { useQuickReplies } from './use-quick-replies.ts';

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
  const [busy, setBusy] = useState(false);
  const quick = useQuickReplies(account.account);
  const notify = useNotified(account, task, draft, author);

  const submit = async () => {
    if (html === '' || busy || !notify.ready) return;
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

  const onKey = (event: KeyboardEvent): boolean => {
    const isSubmit = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (isSubmit) void submit();
    return isSubmit || quick.onKey(event);
  };

  return (
    <div className="comment-box">
      <DraftLine draft={draft} onStop={onDone} />
      {quick.isCalled && <QuickReplyList found={quick.found} chosen={quick.chosen} onPick={quick.pick} />}
      <RichTextEditor
        area={area}
        label={t.commentText}
        placeholder={t.commentPlaceholder}
        initialHtml={draft.editing?.html ?? ''}
        onChange={(next) => {
          setHtml(next);
          quick.lookAtText();
        }}
        onKey={onKey}
        tools={<QuickReplyTool onUse={() => startQuickReply(area.current)} />}
      />
      <NotifyChoice chosen={notify.chosen} candidates={notify.candidates} onChange={notify.choose} />
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <AuthorChoice account={account} author={author} onAuthor={onAuthor} />
        <Button
          onClick={() => void submit()}
          disabled={html === '' || !notify.ready}
          loading={busy}
          leftSection={<SendIcon size={16} />}
        >
          {draft.editing === undefined ? t.addComment : t.save}
        </Button>
      </Group>
    </div>
  );
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
        maw={190}
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
      <AsteriskIcon size={15} />
    </Tool>
  );
}

function startQuickReply(area: HTMLDivElement | null): void {
  area?.focus();
  document.execCommand('insertText', false, area?.textContent === '' ? '*' : ' *');
}
