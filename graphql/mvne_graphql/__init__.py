"""Two GraphQL schemas, storefront and console: input to arguments, one call, result to type. No decisions."""
