/** The history of a business's own app as the network tells it. */
export const BUSINESS = '15550000001';
const MINUTE_MS = 60_000;

export type ToldMessage = {
  id: string;
  phone: string;
  by?: 'customer' | 'business';
  text?: string;
  minutesAgo?: number;
  more?: object;
};

/** A message as a thread tells it. */
export function toldMessage({
  id,
  phone,
  by = 'customer',
  text = `text of ${id}`,
  minutesAgo = 60,
  more,
}: ToldMessage) {
  return {
    from: by === 'business' ? BUSINESS : phone,
    id,
    timestamp: String(Math.floor((Date.now() - minutesAgo * MINUTE_MS) / 1_000)),
    type: 'text',
    text: { body: text },
    history_context: { status: 'READ' },
    ...more,
  };
}

/** A chunk of the chats of these messages. */
export function aChunk(
  messages: readonly ToldMessage[],
  metadata: object = { phase: 1, chunk_order: 1, progress: 50 },
) {
  const threads = [...Map.groupBy(messages, ({ phone }) => phone)].map(([id, own]) => ({
    id,
    messages: own.map(toldMessage),
  }));
  return { history: [{ metadata, threads }] };
}

/** So many messages of so many chats, the customer and the business in turn. */
export const manyMessages = (chats: number, each: number, first = 0): ToldMessage[] =>
  Array.from({ length: chats * each }, (_, index) => ({
    id: `wamid.${first}.${index}`,
    phone: `49151${String(first + (index % chats)).padStart(8, '0')}`,
    by: index % 2 === 0 ? ('customer' as const) : ('business' as const),
    minutesAgo: 60 + index,
  }));
