import { createFileRoute } from '@tanstack/react-router';
import { ImagesPage } from '@/features/images/images-page';

export const Route = createFileRoute('/_app/images')({
  validateSearch: (search): { image?: string | undefined } => ({
    image: typeof search.image === 'string' && search.image !== '' ? search.image : undefined,
  }),
  component: ImagesRoute,
});

function ImagesRoute() {
  const { image } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ImagesPage
      onShow={(next) =>
        navigate({
          search: next === undefined ? {} : { image: next },
          // One step back closes the viewer, however many pictures were turned over.
          replace: image !== undefined,
          resetScroll: false,
        })
      }
      shown={image}
    />
  );
}
