import { ActionIcon, CloseButton, Group, SegmentedControl, Text, Textarea } from '@mantine/core';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useAct } from '../acting.tsx';
import { type ChatAddress, editMessage, type Writer, write } from '../control/chat-calls.ts';
import type { ChatMessage } from '../control/world.ts';
import type { FileKind } from '../files/file-kinds.ts';
import { PendingFiles } from '../files/pending-files.tsx';
import { SendIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { AttachMenu } from './attach-menu.tsx';
import type { DialogKind } from './dialog-kinds.ts';
import { excerptOf } from './quote.tsx';
import { sendFiles } from './send-files.ts';

/** What the composer is for, beside plain writing. */
export type ChatDraft = { replyTo?: ChatMessage; editing?: ChatMessage };

/** Files that wait for a caption; `as` where they are not to travel as what they are. */
export type Picked = { files: File[]; as?: FileKind | undefined };

type ComposerProps = {
  chat: ChatAddress;
  writer: Writer;
  onWriter: (writer: Writer) => void;
  draft: ChatDraft;
  picked: Picked;
  onPick: (files: File[], as?: FileKind) => void;
  onUnpick: (file: File) => void;
  onDialog: (kind: DialogKind) => void;
  onDone: () => void;
};

/** Writes, edits, answers and sends files, as the customer or as a colleague in the phone app. */
export function Composer(props: ComposerProps) {
  const { chat, writer, draft, picked, onPick, onUnpick, onDialog, onDone } = props;
  const t = useTexts();
  const act = useAct();
  const [text, setText] = useState(draft.editing?.text ?? '');
  const [busy, setBusy] = useState(false);
  const isEmpty = text.trim() === '' && picked.files.length === 0;

  const send = async () => {
    if (isEmpty || busy) return;
    const wanted = text.trim();
    setText('');
    setBusy(true);
    const done = await act(() => submit(props, wanted));
    setBusy(false);
    if (done) onDone();
    else setText((typedSince) => typedSince || wanted);
  };

  return (
    <div className="composer">
      <WriterChoice writer={writer} onWriter={props.onWriter} />
      <DraftLine draft={draft} onStop={onDone} />
      <PendingFiles files={picked.files} onRemove={onUnpick} />
      <Group gap={6} wrap="nowrap" align="flex-end">
        <AttachMenu chat={chat} writer={writer} onPick={onPick} onDialog={onDialog} />
        <MessageField
          label={writer === 'customer' ? t.customerMessage : t.colleagueMessage}
          placeholder={placeholderOf(t, writer, picked)}
          text={text}
          focusFor={draft.editing ?? draft.replyTo}
          onText={setText}
          onSend={() => void send()}
          onFiles={onPick}
        />
        <ActionIcon
          size={38}
          radius="xl"
          variant="filled"
          aria-label={writer === 'customer' ? t.sendAsCustomer : t.sendAsColleague}
          disabled={isEmpty}
          loading={busy}
          onClick={() => void send()}
        >
          <SendIcon />
        </ActionIcon>
      </Group>
    </div>
  );
}

type MessageFieldProps = {
  label: string;
  placeholder: string;
  text: string;
  /** The message whose answer or edit begins: the caret goes here. */
  focusFor: ChatMessage | undefined;
  onText: (text: string) => void;
  onSend: () => void;
  onFiles: (files: File[]) => void;
};

function MessageField({ label, placeholder, text, focusFor, onText, onSend, onFiles }: MessageFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focusFor !== undefined) field.current?.focus();
  }, [focusFor]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    onSend();
  };
  const onPaste = ({ clipboardData: { files } }: ClipboardEvent) => {
    if (files.length > 0) onFiles([...files]);
  };
  return (
    <Textarea
      ref={field}
      flex={1}
      autosize
      minRows={1}
      maxRows={5}
      radius="xl"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
    />
  );
}

function submit({ chat, writer, draft, picked }: ComposerProps, text: string): Promise<unknown> {
  if (draft.editing !== undefined) return editMessage(chat, draft.editing, text);
  const beside = { quoted: draft.replyTo?.id };
  if (picked.files.length > 0) return sendFiles(writer, chat, { ...picked, caption: text, beside });
  return write(writer, chat, { text }, beside);
}

function placeholderOf(t: ReturnType<typeof useTexts>, writer: Writer, picked: Picked): string {
  if (picked.files.length > 0) return t.captionPlaceholder;
  return writer === 'customer' ? t.customerMessagePlaceholder : t.colleagueMessagePlaceholder;
}

function WriterChoice({ writer, onWriter }: Pick<ComposerProps, 'writer' | 'onWriter'>) {
  const t = useTexts();
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      mb={8}
      aria-label={t.whoWrites}
      title={t.whoWritesHint}
      value={writer}
      onChange={(value) => onWriter(value as Writer)}
      data={[
        { value: 'customer', label: t.writerCustomer },
        { value: 'colleague', label: t.writerColleague },
      ]}
    />
  );
}

function DraftLine({ draft, onStop }: { draft: ChatDraft; onStop: () => void }) {
  const t = useTexts();
  const { replyTo, editing } = draft;
  const message = editing ?? replyTo;
  if (message === undefined) return null;
  return (
    <Group justify="space-between" className="draft-line" wrap="nowrap" gap="xs">
      <Text size="xs" truncate>
        <b>{editing === undefined ? t.replyTo : t.editing}</b> {excerptOf(t, message)}
      </Text>
      <CloseButton size="xs" aria-label={editing === undefined ? t.stopReplying : t.cancel} onClick={onStop} />
    </Group>
  );
}
