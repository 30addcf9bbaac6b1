declare module 'swagger-ui-dist/swagger-ui-es-bundle' {
  interface Options {
    url: string;
    domNode: Element | null;
    deepLinking?: boolean;
    /** Null: nobody elsewhere is asked whether the document is right. */
    validatorUrl?: null;
    defaultModelsExpandDepth?: number;
    docExpansion?: 'list' | 'full' | 'none';
    onComplete?: () => void;
  }
  // biome-ignore lint/style/noDefaultExport: it has no other
  export default function SwaggerUi(options: Options): void;
}
