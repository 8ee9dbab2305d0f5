import { Tooltip } from '@mantine/core';
import type { ChatMessage } from '../control/world.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/language.tsx';

/**
 * What Meta has told about the message: one tick sent, two delivered, blue read, a red mark failed. On the customer's
 * own, blue says that the business has read it.
 */
export function Ticks({ message }: { message: ChatMessage }) {
  const t = useTexts();
  const label = labelOf(t, message);
  return (
    <Tooltip label={label} withArrow multiline maw={280}>
      <span className="ticks" data-status={message.status} role="img" aria-label={label}>
        <TickPicture status={message.status} />
      </span>
    </Tooltip>
  );
}

function labelOf(t: Texts, { from, status, reason }: ChatMessage): string {
  if (status === 'failed' && reason !== undefined) return t.failedBecause(reason);
  if (from === 'customer') return status === 'read' ? t.readByBusiness : t.arrived;
  return t.status[status];
}

function TickPicture({ status }: { status: ChatMessage['status'] }) {
  const first = 'M1 6.6 3.7 9.3 9.6 2.8';
  const second = 'M7.2 8.7 7.8 9.3 13.7 2.8';
  return (
    <svg
      aria-hidden="true"
      width="16"
      height="12"
      viewBox="0 0 15 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    >
      {status === 'failed' && <path d="M7.5 2v4.5M7.5 9v.5" strokeWidth="2" />}
      {status === 'accepted' && (
        <path d="M7.5 3v3.2l2 1M7.5 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z" strokeWidth="1.1" />
      )}
      {['sent', 'delivered', 'read'].includes(status) && <path d={first} />}
      {['delivered', 'read'].includes(status) && <path d={second} />}
    </svg>
  );
}
