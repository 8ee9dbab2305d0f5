/**
 * What a message holds beside its words. The words themselves (text, caption, the title of a tapped button) are the
 * message's `text`; files are attachments. In neutral terms: providers translate into these, rules and views read them.
 */

/** A file that the network keeps for us; `sha256` is hex whatever the network writes. */
export type MediaReference = {
  mediaId: string;
  mime?: string;
  /** As the sender named it: not to be trusted with paths, directions of writing, or length. */
  name?: string;
  sha256?: string;
  /** Recorded in the chat, not an audio file. */
  voice?: true;
  animated?: true;
};

export type ContactCard = {
  name?: string;
  /** `number` as it stands on the card; `whatsapp` is the digits under which WhatsApp knows it. */
  phones: { number: string; whatsapp?: string; type?: string }[];
  emails: string[];
  organization?: string;
  title?: string;
  addresses: string[];
  urls: string[];
  birthday?: string;
  /** The card as the network made it, where it did. */
  vcard?: string;
};

/** Where the customer came from: an advertisement or a post that opened the chat. */
export type Referral = {
  /** `other`: a source that the network has added since. */
  source: 'ad' | 'post' | 'other';
  adId?: string;
  url?: string;
  headline?: string;
  body?: string;
};

export type OrderItem = { product: string; quantity?: string; price?: string; currency?: string };

/**
 * Why a message came without what its kind promises. `too-large`: more than the network passes on; `withheld`: it says
 * that it does not; `unreadable`: nothing is there, or nothing that makes sense.
 */
export type Missing = 'too-large' | 'withheld' | 'unreadable';

/** What only one kind has; a kind without an entry here is told by its words and files alone. */
export type KindDetails =
  | {
      type: 'location';
      latitude: number;
      longitude: number;
      name?: string | undefined;
      address?: string | undefined;
      url?: string;
    }
  /** `asked`: the answer to our request for the phone, so that the card is the sender's own. */
  | { type: 'contacts'; contacts: ContactCard[]; asked?: true }
  /** A tapped button or a chosen row; `id` is what the business gave it. */
  | { type: 'choice'; title: string; description?: string; id?: string }
  /** `answers` in the form's own order; undefined when they could not be read, and then `unreadable` is what came. */
  | { type: 'form'; name?: string; answers?: [label: string, value: string][]; unreadable?: string }
  | { type: 'order'; items: OrderItem[]; catalogId?: string }
  | { type: 'call-permission'; granted: boolean; lasting?: true }
  /** No emoji: the reaction was taken back. */
  | { type: 'reaction'; emoji?: string }
  /** `of` is the kind of the message that was edited; its new words are the text. */
  | { type: 'edit'; of?: string }
  | { type: 'revoke' }
  /** `phone`: the new one, digits. `notice`: the network's own words, where ours do not cover the event. */
  | {
      type: 'system';
      event: 'number-changed' | 'id-changed' | 'identity-changed' | 'other';
      phone?: string;
      notice?: string;
    }
  /** `subtype`: the network's word for what it was. `in-app`: it can be read in the phone app alone. */
  | { type: 'unsupported'; subtype?: string; code?: number; readable?: 'in-app' };

export type MessageContent = {
  details?: KindDetails;
  /** `often`: more than five times. */
  forwarded?: 'once' | 'often';
  /** The network hides it after one look, so it may reach us without content. */
  viewOnce?: true;
  referral?: Referral;
  /** The entry in the business's catalogue that the customer asks about. */
  product?: { id: string; catalogId?: string };
  missing?: Missing;
  /** Only ever sent. */
  template?: Template;
  /** Of an imported message: a file that was left out, and may still follow. */
  placeholder?: true;
  /** Of an imported message: how it fared by then, in the network's word. */
  historyStatus?: string;
};

/** An approved template and the values for its placeholders, by position or by name. */
export type Template = {
  name: string;
  /** Exactly the code of the approved translation. */
  language: string;
  parameters?:
    | {
        body?: TemplateParameters | undefined;
        header?: TemplateParameters | undefined;
        /** Of a template whose header is a file: the network fetches it from there. */
        headerMedia?: TemplateMedia | undefined;
        buttons?: readonly TemplateButtonValue[] | undefined;
      }
    | undefined;
};
export type TemplateParameters = readonly string[] | Readonly<Record<string, string>>;
export type TemplateMedia = { media: 'image' | 'video' | 'document'; link: string; name?: string | undefined };
/** `index` counts all buttons of the template from 0. */
export type TemplateButtonValue = { index: number; type: 'url' | 'copy-code' | 'quick-reply'; value: string };
