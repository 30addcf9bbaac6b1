import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SquarePen } from 'lucide-react';
import { useRef, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { TopBar } from '@/shared/ui/top-bar';
import { Announcer } from './announcer';
import { answers } from './answers';
import { Composer, type ComposerHandle } from './composer';
import { ConversationMenu } from './conversation-menu';
import { DemoNote } from './demo-note';
import { MessageList } from './message-list';
import { ModelPicker } from './model-picker';
import { makesPictures } from './model-settings';
import { PictureLine } from './picture-line';
import { QuotaLine } from './quota-line';
import { Refusal } from './refusal';
import { SettingsPanel } from './settings-panel';
import { showBranch } from './show-branch';
import { ThreadSkeleton } from './thread-skeleton';
import type { AttachedFile, Message, Model } from './types';
import { type Chat, useChat } from './use-chat';
import type { Written } from './waiting';
import { WaitingList } from './waiting-list';
import { Welcome } from './welcome';

interface ChatPageProps {
  /** Undefined: a new conversation, which its first question gives an id. */
  conversationId?: string | undefined;
}

/** The page of one conversation. */
export function ChatPage({ conversationId }: ChatPageProps) {
  const chat = useChat(conversationId);
  const { choice, conversation, running, settings, setSettings } = chat;
  const composer = useRef<ComposerHandle>(null);
  const [editing, setEditing] = useState<string>();
  const edit = (messageId: string | undefined) => {
    setEditing(messageId);
    if (messageId === undefined) {
      composer.current?.focus();
    }
  };
  const lastQuestion = chat.turns.findLast(({ message }) => message.role === 'user')?.message;

  return (
    <>
      <TopBar
        title={conversation?.title ?? i18n.t('New chat')}
        actions={
          <>
            <SettingsPanel model={choice.model} onChange={setSettings} settings={settings} />
            {conversationId !== undefined && <NewChat />}
            {conversation && <ConversationMenu conversation={conversation} key={conversation.id} />}
          </>
        }
      >
        <ModelPicker choice={choice} />
      </TopBar>
      {/* There before there is anything to tell: what comes with its words is not heard. */}
      <Announcer busy={running !== undefined} key={answers.nameOf(chat.thread)} />
      <Thread
        chat={chat}
        editing={editing}
        onChange={(files, model) => {
          choice.choose(model);
          composer.current?.include(files);
        }}
        onEdit={edit}
        onExample={(text) => composer.current?.offer(text)}
      />
      {chat.error === null && (
        <div className="mx-auto w-full max-w-3xl shrink-0 px-4 pb-[max(1rem,env(safe-area-inset-bottom))]">
          {chat.refusal ? (
            <Refusal problem={chat.refusal} />
          ) : (
            <QuotaLine least={chat.least} pictures={makesPictures(choice.model)} />
          )}
          <WaitingList
            heldUp={chat.heldUp}
            onEdit={(question) => {
              chat.unwait(question);
              composer.current?.giveBack(question);
            }}
            onNow={chat.askNow}
            onRemove={chat.unwait}
            questions={chat.waiting}
          />
          <PictureLine draft={chat.draftKey} model={choice.model} turns={chat.turns} />
          <Composer
            bodyOf={chat.bodyOf}
            choice={choice}
            draftKey={chat.draftKey}
            thread={answers.nameOf(chat.thread)}
            lastQuestion={lastQuestion}
            onEditLast={() => edit(lastQuestion?.id)}
            onSend={chat.send}
            onWait={chat.wait}
            ready={!chat.loading}
            ref={composer}
            runningId={running?.id}
          />
          <DemoNote models={choice.models} />
        </div>
      )}
    </>
  );
}

/** On a phone, where the side bar is away. */
function NewChat() {
  return (
    <Link
      aria-label={i18n.t('New chat')}
      className={cn(buttonStyle({ size: 'icon-small', variant: 'ghost' }), 'md:hidden')}
      params={{ conversationId: undefined }}
      to="/chat/{-$conversationId}"
    >
      <SquarePen aria-hidden={true} />
    </Link>
  );
}

interface ThreadProps {
  chat: Chat;
  /** The question that is being edited. */
  editing: string | undefined;
  onEdit: (messageId: string | undefined) => void;
  onExample: (text: string) => void;
  onChange: (files: readonly AttachedFile[], model: Model) => void;
}

/** What has been said, or what stands in its place. */
function Thread({ chat, editing, onEdit, onExample, onChange }: ThreadProps) {
  const client = useQueryClient();
  const { conversation } = chat;
  const reword = async (question: Message, written: Written) => {
    onEdit(undefined);
    try {
      await chat.reword(question, written);
    } catch (error) {
      onEdit(question.id); // with the new words, which are a draft
      throw error;
    }
  };
  if (chat.error !== null) {
    return (
      <div className="mx-auto w-full max-w-3xl p-4">
        <ProblemNotice
          error={chat.error}
          onRetry={asProblem(chat.error).retryable ? () => void chat.reload() : undefined}
        >
          <Link
            className={buttonStyle({ size: 'small' })}
            params={{ conversationId: undefined }}
            to="/chat/{-$conversationId}"
          >
            {i18n.t('New chat')}
          </Link>
        </ProblemNotice>
      </div>
    );
  }
  if (chat.loading) {
    return <ThreadSkeleton />;
  }
  if (chat.turns.length === 0) {
    return <Welcome onExample={onExample} pictures={makesPictures(chat.choice.model)} />;
  }
  return (
    <MessageList
      bodyOf={chat.bodyOf}
      choice={chat.choice}
      editing={editing}
      key={answers.nameOf(chat.thread)}
      onAgain={chat.again}
      onBranch={(id) => {
        chat.target.leave();
        if (conversation) {
          void showBranch(client, conversation, id);
        }
      }}
      onChange={onChange}
      onEdit={onEdit}
      onReword={reword}
      target={chat.target}
      turns={chat.turns}
    />
  );
}
