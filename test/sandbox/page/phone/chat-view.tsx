import { Text } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../acting.tsx';
import { openChat, type Writer } from '../control/chat-calls.ts';
import { setMarketing } from '../control/template-calls.ts';
import type { BusinessNumber, Chat, ChatMessage, Customer } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import type { FileKind } from '../files/file-kinds.ts';
import { addFiles } from '../files/pending-files.tsx';
import { useFileDrop } from '../files/use-file-drop.ts';
import { ChatIcon } from '../icons.tsx';
import { type Language, useLanguage, useTexts } from '../texts/language.tsx';
import { dayOf } from '../times.ts';
import { usePinnedEnd } from '../use-pinned-end.ts';
import { Bubble } from './bubble.tsx';
import type { BubbleActions } from './bubble-menu.tsx';
import { type ChatDraft, Composer, type Picked } from './composer.tsx';
import { ContentDialog } from './content-dialog.tsx';
import type { DialogKind } from './dialog-kinds.ts';
import { PhoneHead } from './phone-head.tsx';

type ChatViewProps = {
  number: BusinessNumber;
  numbers: BusinessNumber[];
  onNumber: (phoneNumberId: string) => void;
  customer: Customer;
  chat: Chat | undefined;
  nowMs: number;
};

/** The screen of the customer's phone: their chat with one business number. */
export function ChatView({ number, numbers, onNumber, customer, chat, nowMs }: ChatViewProps) {
  const t = useTexts();
  const act = useAct();
  const address = { phoneNumberId: number.phoneNumberId, customer: customer.userId };
  const [writer, setWriter] = useState<Writer>('customer');
  const [picked, setPicked] = useState<Picked>({ files: [] });
  const [dialog, setDialog] = useState<{ kind: DialogKind; quoted?: string | undefined }>();
  const { draft, draftKey, startDraft } = useDraft();
  const pick = (files: File[], as?: FileKind) => {
    // A message that is there already takes no files.
    if (draft.editing !== undefined) startDraft({});
    setPicked((known) => ({ files: addFiles(known.files, files), as }));
  };
  const { isOver, dropProps } = useFileDrop((files) => pick(files));
  const actions: BubbleActions = {
    onReply: (replyTo) => startDraft({ replyTo }),
    onEdit: (editing) => startDraft({ editing }),
    onDialog: (kind, message) => setDialog({ kind, quoted: message.id }),
  };
  const done = () => {
    setPicked({ files: [] });
    startDraft({});
  };
  return (
    <section className="phone" aria-label={number.verifiedName} {...dropProps}>
      <PhoneHead
        number={number}
        numbers={numbers}
        onNumber={onNumber}
        onRead={() => void act(() => openChat(address))}
        onMarketing={(marketing) => void act(() => setMarketing(number.phoneNumberId, customer.userId, marketing))}
      />
      <WindowLine chat={chat} nowMs={nowMs} />
      <Messages chat={chat} number={number} address={address} nowMs={nowMs} actions={actions} />
      <Composer
        key={draftKey}
        chat={address}
        writer={writer}
        onWriter={setWriter}
        draft={draft}
        picked={picked}
        onPick={pick}
        onUnpick={(file) => setPicked({ ...picked, files: picked.files.filter((one) => one !== file) })}
        onDialog={(kind) => setDialog({ kind, quoted: draft.replyTo?.id })}
        onDone={done}
      />
      {isOver && <div className="drop-cover">{t.dropFiles}</div>}
      <ContentDialog
        kind={dialog?.kind}
        chat={address}
        quoted={dialog?.quoted}
        onSent={() => startDraft({})}
        onClose={() => setDialog(undefined)}
      />
    </section>
  );
}

/** A message to be edited brings its words into a new composer; an answer leaves what is typed already. */
function useDraft() {
  const [draft, setDraft] = useState<ChatDraft>({});
  const [edits, setEdits] = useState(0);
  const startDraft = (next: ChatDraft) => {
    if (next.editing !== undefined || draft.editing !== undefined) setEdits(edits + 1);
    setDraft(next);
  };
  return { draft, draftKey: edits, startDraft };
}

type MessagesProps = {
  chat: Chat | undefined;
  number: BusinessNumber;
  address: { phoneNumberId: string; customer: string };
  nowMs: number;
  actions: BubbleActions;
};

function Messages({ chat, number, address, nowMs, actions }: MessagesProps) {
  const { t, language } = useLanguage();
  const messages = chat?.messages ?? [];
  const byId = new Map(messages.map((message) => [message.id, message]));
  const scroller = usePinnedEnd(messages.length);
  return (
    <div className="wallpaper" ref={scroller}>
      <div className="chat-list">
        {messages.length === 0 ? (
          <EmptyState icon={<ChatIcon size={28} />} title={t.emptyChatTitle} hint={t.emptyChatHint} />
        ) : (
          <ol className="bubbles" aria-live="polite">
            {byDay(messages, nowMs, language, t.today).map(({ day, items }) => (
              <li key={day}>
                <span className="day">{day}</span>
                <ol className="bubbles">
                  {items.map((message) => (
                    <Bubble
                      key={message.id}
                      chat={address}
                      message={message}
                      quoted={byId.get(message.quoted ?? '')}
                      businessName={number.verifiedName}
                      actions={actions}
                    />
                  ))}
                </ol>
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

function byDay(messages: ChatMessage[], nowMs: number, language: Language, today: string) {
  const days = Map.groupBy(messages, (message) => dayOf(message.atMs, nowMs, language, today));
  return [...days].map(([day, items]) => ({ day, items }));
}

/** How long free-form replies still reach the customer. */
function WindowLine({ chat, nowMs }: { chat: Chat | undefined; nowMs: number }) {
  const t = useTexts();
  if (chat === undefined || chat.messages.length === 0) return null;
  const leftMs = (chat.windowEndsMs ?? 0) - nowMs;
  const isOpen = leftMs > 0;
  const minutes = Math.floor(leftMs / 60_000);
  const closed = chat.windowEndsMs === undefined ? t.windowNever : t.windowClosed;
  return (
    <Text className="window-line" data-open={isOpen || undefined} size="xs" ta="center" truncate>
      {isOpen ? t.windowOpen(t.hoursLeft(Math.floor(minutes / 60), minutes % 60)) : closed}
    </Text>
  );
}
