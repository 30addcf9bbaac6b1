import { createFileRoute } from '@tanstack/react-router';
import { ChatPage } from '@/features/chat/chat-page';

/** One route with and without a conversation, so that the page stays when its first question gives it an id. */
export const Route = createFileRoute('/_app/chat/{-$conversationId}')({ component: ChatRoute });

function ChatRoute() {
  const { conversationId } = Route.useParams();
  return <ChatPage conversationId={conversationId} />;
}
