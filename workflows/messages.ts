import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Lane } from './domain/ids.ts';
import type { Waits } from './domain/waits.ts';

/** The arguments of every workflow: row ids, and the waits that differ from the defaults. */
export type ConversationInput = {
  conversationId: string;
  waits?: Partial<Waits>;
  /** Lanes that the run before this one had not finished with. */
  due?: Lane[];
};
export type TaskCreationInput = { conversationTaskId: string; conversationId: string; waits?: Partial<Waits> };
export type FileTransferInput = { attachmentId: string; waits?: Partial<Waits> };
export type PlanfixAccountInput = {
  planfixAccountId: string;
  waits?: Partial<Waits>;
  /** The run before this one may have left hints unread. */
  hinted?: boolean;
};
/** `id` is the row that the run works for: a channel account, a start of a conversation, a mailing. */
export type RunInput = { id: string; waits?: Partial<Waits> };
export type ConnectionInput = { connectionId: string; waits?: Partial<Waits> };

/** Somebody must look at this lane of the conversation now. */
export const laneDueSignal = defineSignal<[Lane]>('laneDue');
/** A scenario in Planfix named a comment; the hint is a row. */
export const hintReceivedSignal = defineSignal('hintReceived');
/** The run's row has changed: look at it now. */
export const lookSignal = defineSignal('look');
/** The account's or connection's credentials wait in a draft row, or an operator wants to know how it is. */
export const checkRequestedSignal = defineSignal('checkRequested');

export type LaneView = { state: 'idle' | 'working' | 'waiting'; due: boolean; lastResult: string | undefined };
export type ConversationView = Record<Lane, LaneView> & { turns: number };
export const conversationViewQuery = defineQuery<ConversationView>('conversationView');
