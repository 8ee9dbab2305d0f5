/** A template as the network describes it, in neutral terms; providers translate into this. */

export type TemplateHeader =
  | { format: 'text'; text: string; example?: string | undefined }
  | { format: 'image' | 'video' | 'document'; example?: string | undefined }
  /** `location` and whatever the network adds: known, not sent by Parley yet. */
  | { format: 'other'; name: string };

export type TemplateButton = {
  /** `plain`: needs no value when it is sent. `other`: a kind of which that is not known (`name`: the network's word). */
  type: 'quick-reply' | 'url' | 'copy-code' | 'plain' | 'other';
  name?: string | undefined;
  text: string;
  /** With `{{1}}` at its end where it takes a value. */
  url?: string | undefined;
  example?: string | undefined;
};

/** `example`: a value for each placeholder, by its name or position ("1"). */
export type TemplateComponents = {
  header?: TemplateHeader | undefined;
  body: { text: string; example?: Readonly<Record<string, string>> | undefined };
  footer?: string | undefined;
  buttons: readonly TemplateButton[];
  /** Parts that Parley does not send yet, in the network's words. */
  others?: readonly string[] | undefined;
};

export type TemplateDefinition = {
  name: string;
  /** Exactly the code of the approved translation. */
  language: string;
  /** In lower case: `marketing`, `utility`, `authentication`. */
  category: string;
  /** The network's word, in lower case; only `approved` can be sent. */
  status: string;
  parameterFormat: 'positional' | 'named';
  components: TemplateComponents;
};
