import { Button, CloseButton, Group, Select, Text } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useAct } from '../acting.tsx';
import { addComment, type CommentChange, editComment } from '../control/client.ts';
import type { Account, Comment, Task } from '../control/world.ts';
import { PendingFiles } from '../files/pending-files.tsx';
import { pickFiles } from '../files/pick-files.ts';
import { useFileDrop } from '../files/use-file-drop.ts';
import { AsteriskIcon, ClipIcon, SendIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { KeptFiles } from './kept-files.tsx';
import { NotifyChoice } from './notify-choice.tsx';
import { QuickReplyList } from './quick-replies.tsx';
import { RichTextEditor, Tool } from './rich-text-editor.tsx';
import { useCommentFiles } from './use-comment-files.ts';
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

export function CommentBox(props: CommentBoxProps) {
  const { account, task, draft, author, onAuthor, onDone } = props;
  const t = useTexts();
  const area = useRef<HTMLDivElement>(null);
  const initialHtml = ownHtml(draft.editing);
  const [html, setHtml] = useState(initialHtml);
  const quick = useQuickReplies(account.account);
  const notify = useNotified(account, task, draft, author);
  const files = useCommentFiles(account.account, draft.editing?.files ?? []);
  const { isOver, dropProps } = useFileDrop(files.add);
  const canSubmit = notify.ready && !(html === '' && files.isEmpty);
  const { submit, busy } = useSubmit(props, canSubmit, async () => ({
    html,
    notify: notify.chosen.map((person) => person.id),
    files: await files.put(),
  }));

  const onKey = (event: KeyboardEvent): boolean => {
    const isSubmit = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (isSubmit) void submit();
    return isSubmit || quick.onKey(event);
  };

  return (
    <section className="comment-box" aria-label={t.newComment} {...dropProps}>
      <DraftLine draft={draft} onStop={onDone} />
      {quick.isCalled && <QuickReplyList found={quick.found} chosen={quick.chosen} onPick={quick.pick} />}
      <RichTextEditor
        area={area}
        label={t.commentText}
        placeholder={t.commentPlaceholder}
        initialHtml={initialHtml}
        onChange={(next) => {
          setHtml(next);
          quick.lookAtText();
        }}
        onKey={onKey}
        onFiles={files.add}
        tools={<CommentTools onQuickReply={() => startQuickReply(area.current)} onFiles={files.add} />}
      />
      <KeptFiles files={files.kept} onRemove={files.removeKept} />
      <PendingFiles files={files.picked} onRemove={files.removePicked} />
      <NotifyChoice chosen={notify.chosen} candidates={notify.candidates} onChange={notify.choose} />
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <AuthorChoice account={account} author={author} onAuthor={onAuthor} />
        <Button
          flex="none"
          onClick={() => void submit()}
          disabled={!canSubmit}
          loading={busy}
          leftSection={<SendIcon size={16} />}
        >
          {draft.editing === undefined ? t.addComment : t.save}
        </Button>
      </Group>
      {isOver && <div className="drop-cover">{t.dropFiles}</div>}
    </section>
  );
}

/** `gather` puts the files into Planfix and tells what the comment is to hold. */
function useSubmit(props: CommentBoxProps, canSubmit: boolean, gather: () => Promise<CommentChange>) {
  const { account, task, draft, author, onDone } = props;
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const said = await gather();
    if (draft.editing !== undefined) return editComment(account.account, draft.editing.id, said);
    const answer = draft.replyTo === undefined ? {} : { answersComment: draft.replyTo.id };
    return addComment(account.account, { task: task.id, author, ...said, ...answer });
  };
  const submit = async () => {
    if (!canSubmit || busy) return;
    setBusy(true);
    const done = await act(save);
    setBusy(false);
    if (done) onDone();
  };
  return { submit, busy };
}

function CommentTools({ onQuickReply, onFiles }: { onQuickReply: () => void; onFiles: (files: File[]) => void }) {
  const t = useTexts();
  return (
    <>
      <Tool label={t.quickReplies} onUse={onQuickReply}>
        <AsteriskIcon size={15} />
      </Tool>
      <Tool label={t.attachToComment} onUse={() => void pickFiles().then(onFiles)}>
        <ClipIcon size={16} />
      </Tool>
    </>
  );
}

/** Without the quote of the comment that it answers: Planfix puts that before it anew. */
function ownHtml(comment: Comment | undefined): string {
  if (comment?.answersComment === undefined) return comment?.html ?? '';
  return comment.html.replace(/^<blockquote>.*?<\/blockquote>/s, '');
}

function DraftLine({ draft, onStop }: { draft: Draft; onStop: () => void }) {
  const t = useTexts();
  if (draft.editing === undefined && draft.replyTo === undefined) return null;
  return (
    <Group justify="space-between" className="draft-line" wrap="nowrap">
      <Text size="xs" truncate>
        <b>{draft.editing === undefined ? t.replyingTo(draft.replyTo?.owner.name ?? '') : t.editing}</b>{' '}
        {draft.replyTo !== undefined && wordsOf(draft.replyTo)}
      </Text>
      <CloseButton size="xs" aria-label={draft.editing === undefined ? t.stopReplying : t.cancel} onClick={onStop} />
    </Group>
  );
}

const wordsOf = ({ html, files }: Comment): string =>
  new DOMParser().parseFromString(html, 'text/html').body.textContent.trim() ||
  files.map(({ name }) => name).join(', ');

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

function startQuickReply(area: HTMLDivElement | null): void {
  area?.focus();
  document.execCommand('insertText', false, area?.textContent === '' ? '*' : ' *');
}
