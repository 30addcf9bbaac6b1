import 'swagger-ui-dist/swagger-ui.css';
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle';

const place = document.querySelector('#docs');

/** The document that the server writes from its own types, to be read and tried. */
SwaggerUi({
  url: '/openapi.json',
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  onComplete: () => place?.removeAttribute('aria-busy'),
});

// Swagger UI goes by a class of its own; theme.js has set ours.
const dark = document.documentElement.classList.contains('dark');
document.documentElement.classList.toggle('dark-mode', dark);
