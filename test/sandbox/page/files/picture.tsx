import { type ReactNode, useState } from 'react';

type PictureProps = { url: string; name: string; className: string; instead: ReactNode };

/** A picture that opens at full size; `instead` where the bytes are none that a browser can show. */
export function Picture({ url, name, className, instead }: PictureProps) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return instead;
  return (
    <a href={url} target="_blank" rel="noreferrer" className={className}>
      <img src={url} alt={name} onError={() => setIsBroken(true)} />
    </a>
  );
}
