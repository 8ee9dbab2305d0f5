import { ActionIcon, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAct } from '../acting.tsx';
import { type ChatAddress, type Writer, write } from '../control/chat-calls.ts';
import type { FileKind } from '../files/file-kinds.ts';
import { pickFiles } from '../files/pick-files.ts';
import { ClipIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import type { DialogKind } from './dialog-kinds.ts';
import { samplePicture, sampleSticker, sampleVoice } from './sample-files.ts';
import { sendFiles, sendViewOnce } from './send-files.ts';

type AttachMenuProps = {
  chat: ChatAddress;
  writer: Writer;
  /** Files to look at before they go. */
  onPick: (files: File[], as?: FileKind) => void;
  onDialog: (kind: DialogKind) => void;
};

/** All that can be sent beside text. Files wait for a caption; the rest goes at once or asks what it needs. */
export function AttachMenu({ chat, writer, onPick, onDialog }: AttachMenuProps) {
  const t = useTexts();
  return (
    <Menu position="top-start" withinPortal width={350}>
      <Menu.Target>
        <ActionIcon size={38} radius="xl" variant="subtle" color="gray" aria-label={t.attach} title={t.attach}>
          <ClipIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className="attach-menu">
        <FileItems chat={chat} writer={writer} onPick={onPick} />
        {writer === 'customer' && (
          <>
            <Columns label={t.attachForms}>
              {(['location', 'contact', 'button', 'list', 'flow', 'order', 'ad'] as const).map((kind) => (
                <Menu.Item key={kind} onClick={() => onDialog(kind)}>
                  {t.attachKinds[kind]}
                </Menu.Item>
              ))}
            </Columns>
            <RareItems chat={chat} />
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Columns({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      <div className="menu-columns">{children}</div>
    </>
  );
}

function FileItems({ chat, writer, onPick }: Omit<AttachMenuProps, 'onDialog'>) {
  const t = useTexts();
  const act = useAct();
  const pick = async (as?: FileKind) => {
    const files = await pickFiles();
    if (files.length > 0) onPick(files, as);
  };
  const sendOne = (as: FileKind, file: File | undefined) =>
    file !== undefined && act(() => sendFiles(writer, chat, { files: [file], caption: '', as }));
  const sendPicked = async (as: FileKind, accept: string) => {
    const [file] = await pickFiles({ accept, multiple: false });
    await sendOne(as, file);
  };
  return (
    <>
      <Columns label={t.attachFiles}>
        <Menu.Item onClick={() => void pick()}>{t.pickAny}</Menu.Item>
        <Menu.Item onClick={() => void pick('document')}>{t.pickAsDocuments}</Menu.Item>
        <Menu.Item onClick={() => void sendPicked('voice', 'audio/*')}>{t.pickVoice}</Menu.Item>
        <Menu.Item onClick={() => void sendPicked('sticker', 'image/webp')}>{t.pickSticker}</Menu.Item>
      </Columns>
      <Columns label={t.attachSamples}>
        <Menu.Item onClick={() => void samplePicture().then((file) => onPick([file]))}>{t.samplePicture}</Menu.Item>
        <Menu.Item onClick={() => void sendOne('voice', sampleVoice())}>{t.sampleVoice}</Menu.Item>
        <Menu.Item onClick={() => void sampleSticker().then((file) => sendOne('sticker', file))}>
          {t.sampleSticker}
        </Menu.Item>
      </Columns>
    </>
  );
}

function RareItems({ chat }: { chat: ChatAddress }) {
  const t = useTexts();
  const act = useAct();
  return (
    <Columns label={t.attachRare}>
      <Menu.Item onClick={() => void act(() => sendViewOnce(chat))}>{t.viewOncePicture}</Menu.Item>
      <Menu.Item
        onClick={() =>
          void act(() => write('customer', chat, { unsupported: { type: 'poll_creation', code: 131_051 } }))
        }
      >
        {t.sendUnsupported}
      </Menu.Item>
      <Menu.Item onClick={() => void act(() => write('customer', chat, { requestWelcome: true }))}>
        {t.openedChat}
      </Menu.Item>
    </Columns>
  );
}
