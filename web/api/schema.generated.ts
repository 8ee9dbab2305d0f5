/** Types of the HTTP API, made from its OpenAPI document by `npm run generate-api-types`. */
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process runs; says nothing of what it needs */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            live: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether everything is there that the process needs; false names what is not */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
                /** @description Done */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measurements for Prometheus */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description In the exposition format of Prometheus */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys, newest first, revoked ones included */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ApiKey"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make an API key; it can do at most what the key that makes it can */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewApiKeyInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedApiKey"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One API key, without its secret */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApiKey"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Revoke an API key, at once and for good */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Revoked */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who changed what, newest first */
        get: {
            parameters: {
                query?: {
                    action?: string;
                    /** @description `operator:<id>`, `api-key:<id>`, `admin` (the bootstrap key) or `parley` */
                    actor?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    /** @description From this time on */
                    from?: string;
                    limit?: number;
                    subjectId?: string;
                    subjectKind?: string;
                    /** @description Before this time */
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AuditEntry"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List connections, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                    planfixAccountId?: string;
                    /** @description Part of the number or of its name */
                    search?: string;
                    state?: "draft" | "checking" | "connected" | "paused" | "failed" | "disconnecting" | "disconnected";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Connection"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Connect a number with a Planfix account; both sides are checked live, and the number is set up
         * @description The number is registered where needed, and Meta has to reach our address. What fails is a 422 and is not stored. A 202 means that the outcome is not known within 25 s. A number that was disconnected from the same Planfix account becomes the connection that it was, and its conversations go on.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewConnectionInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connection with its settings, state and last checks */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change settings, token or who configured the connection; the change is checked live
         * @description What fails because of the change is a 422, and the connection stays as it was. A 202 means that the outcome is not known within 25 s. A paused connection with a token that works goes on by itself within seconds.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConnectionChangesInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/connections/{id}/cancel-disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take step one back, as long as step two is not confirmed; everything that waited goes on
         * @description Mailings that were stopped stay stopped until somebody resumes them.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check the connection live; 202 when the outcome is not known within 25 s */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/confirm-disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect, step two: the owner has disconnected the number outside of Parley
         * @description Confirmed without this where WhatsApp says so, or refuses the credentials. Then what was kept is posted, the subscription is removed with the last number of its account, and the credentials are destroyed.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DisconnectConfirmationInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect, step one: nothing is sent any more, and what customers write is kept and not posted
         * @description What the owner has to do outside of Parley is listed in `steps`; `queued-messages` can be sent or discarded meanwhile. Running mailings are stopped. The credentials are kept until step two is confirmed.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Connection"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/queued-messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List messages that wait to be sent, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["QueuedMessage"][];
                            nextCursor: string | null;
                            /** @description How many nobody has decided about */
                            undecided: number;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/queued-messages/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give up messages of a connection that ends; their tasks say so
         * @description What nobody has decided about by the end of the connection is given up, too.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QueuedChoiceInput"] | null;
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueuedDecision"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/connections/{id}/queued-messages/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let messages leave although their connection ends, with the credentials that are kept for it
         * @description Of all that are chosen those leave that need not wait for the customer to write.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QueuedChoiceInput"] | null;
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueuedDecision"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the console must know of this installation */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Console"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations, newest first; by name, phone or task number too */
        get: {
            parameters: {
                query?: {
                    connectionId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                    planfixTask?: number;
                    /** @description Part of the name (two letters or more), digits of the phone in any form, or a task number */
                    search?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Conversation"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Write to somebody first
         * @description Give exactly one of text and template. Finds or makes the contact and the task, and sends the message. 201: the network has taken or refused it, and the task is known; 202: not known within two seconds, or held as one of many identical messages; look at "location".
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewConversationInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedConversation"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedConversation"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation with its tasks, and why they were given to whom */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            connectionId: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            customerId: string;
                            customerName: string | null;
                            /** @description With the country, as "+4915112345678" */
                            customerPhone: string | null;
                            /** Format: uuid */
                            id: string;
                            lastMessageAt: string | null;
                            openProblems: number;
                            /** Format: uuid */
                            planfixAccountId: string;
                            planfixContact: number | null;
                            /** @description The current one; null before there is one */
                            planfixTask: number | null;
                            planfixTaskUrl: string | null;
                            tasks: components["schemas"]["ConversationTask"][];
                            /** @description Of the run that works on the conversation */
                            temporalWorkflowId: string;
                            /** @description Until then the customer may be answered freely */
                            windowClosesAt: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/planfix-task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Go on in a task that exists; comments that it has already are not sent to the customer */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        planfixTask: number;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TaskLink"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TaskLink"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/starts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of a request to write first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedConversation"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credential-checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look live at credentials of a number, as far as they are typed in; nothing is kept
         * @description A 202 means that the outcome is not known within 25 s: ask again.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CredentialInputInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialReport"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialReport"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embedded-signups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin an Embedded Signup: what the pop-up is to be opened with */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewEmbeddedSignupInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedEmbeddedSignup"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embedded-signups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an Embedded Signup has come, and which accounts and numbers it found */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbeddedSignup"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embedded-signups/{id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The code of the pop-up: it is exchanged for a token at once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of `FB.login`; good for 30 seconds and one use */
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbeddedSignup"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbeddedSignup"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embedded-signups/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The last message of the pop-up: how it ended, and which ids it names */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description `data` of that message, as it came */
                        data: {
                            [key: string]: unknown;
                        };
                        /** @description `event` of the message `WA_EMBEDDED_SIGNUP` */
                        event: string;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbeddedSignup"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbeddedSignup"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what webhooks brought, newest first, and why some of it was put aside */
        get: {
            parameters: {
                query?: {
                    connectionId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    kind?: string;
                    limit?: number;
                    /** @description Only what nothing was done for */
                    putAside?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["InboundEvent"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List mailings, declared and detected ones, newest first */
        get: {
            parameters: {
                query?: {
                    connectionId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                    origin?: "declared" | "detected";
                    state?: "checking" | "refused" | "scheduled" | "running" | "paused" | "stopped" | "cancelled" | "done";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ListedMailing"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Send one message to many
         * @description Recipients as JSON, or as a form with the mailing without recipients and a CSV file, whose header line names the columns "to", "name", "body.1" or "body.<placeholder>", "header.1", "header.link", "button.1". All lines are checked before the first message leaves: bad ones are refused with their line (422), unless "skipBadLines"; recipients named twice get one message; who wants no marketing gets none. 202: the check goes on, look at "location". The messages stay out of tasks until their recipient answers.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMailingInput"];
                    "multipart/form-data": {
                        mailing: components["schemas"]["NewMailingInput"];
                        /** Format: binary */
                        recipients: string;
                    };
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One mailing with live counts and its bad lines */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop sending for good; what has left stays sent */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop sending until it is resumed */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings/{id}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lines of a mailing by what became of them: set aside, waiting, accepted, failed, unknown */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: number;
                    limit?: number;
                    state?: "bad" | "duplicate" | "opted-out" | "waiting" | "accepted" | "failed" | "unknown" | "answered";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["MailingRecipient"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mailings/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on where it paused; nobody gets it twice */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailing"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List messages of both directions, newest first */
        get: {
            parameters: {
                query?: {
                    connectionId?: string;
                    conversationId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    direction?: "inbound" | "outbound" | "echo" | "note";
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                    limit?: number;
                    planfixTask?: number;
                    state?: "received" | "posted" | "ready" | "sending" | "sent" | "delivered" | "read" | "failed" | "refused" | "unknown" | "waiting" | "parked" | "ignored";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Message"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Send a message into an existing conversation
         * @description Give exactly one of text, location, contacts, reaction and template. More than 24 hours after the customer wrote, only a template is taken. 201: the network has taken the message, or refused it (see "state" and "reason"); 202: not known within two seconds, or held as one of many identical messages; look at "location". The task shows the message as a comment that notifies nobody; where none is open, it opens one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMessageInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message */
        get: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meta-apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Meta apps, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["MetaApp"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make a Meta app known, whose webhooks Parley is to accept */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMetaAppInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetaApp"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meta-apps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One Meta app */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetaApp"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change secret, verify token or Embedded Signup of a Meta app; webhooks are checked anew within seconds */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MetaAppChangesInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetaApp"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List operators, newest first, disabled ones included */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Operator"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make an operator, and the link by which they choose their password */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewOperatorInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedOperator"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operators/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One operator */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operator"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the name or role of an operator, or disable them; another role ends their sessions */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OperatorChangesInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Operator"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/operators/{id}/sign-in-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link by which an operator chooses a (new) password; former links of theirs end */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OperatorLink"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/opt-outs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who wants no marketing, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    customerId?: string;
                    limit?: number;
                    planfixAccountId?: string;
                    source?: "stop-word" | "preference" | "network-refusal" | "operator";
                    state?: "current" | "revoked" | "all";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["OptOut"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Put down that a customer wants no marketing
         * @description 201: from now on; 200: it was put down before.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewOptOutInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OptOut"];
                    };
                };
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OptOut"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/opt-outs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One opt-out, current or revoked */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OptOut"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Revoke an opt-out: the customer wants marketing after all */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OptOut"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/planfix-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Planfix accounts, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["PlanfixAccount"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Connect a Planfix account; address, token and primary admin are checked live
         * @description What fails is a 422 and is not stored. A 202 means that the outcome is not known within 25 s.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPlanfixAccountInput"];
                };
            };
            responses: {
                /** @description Made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedPlanfixAccount"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedPlanfixAccount"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/planfix-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One Planfix account with its state and its last checks */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixAccount"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change name, time zone, token or primary admin; token and admin are checked live
         * @description What fails is a 422, and the account stays as it was. A 202 means that the outcome is not known within 25 s. A paused account with a token that works goes on by itself within seconds.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlanfixAccountChangesInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixAccount"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixAccount"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/planfix-accounts/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check the account live; 202 when the outcome is not known within 25 s */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixAccount"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixAccount"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/planfix-accounts/{id}/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Templates, employees and groups to choose from; as they were last read, never a call of Planfix
         * @description What is older than a few minutes is read anew after the answer: ask again to see it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Part of a name, in any case, or an id */
                    search?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixChoices"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/planfix-accounts/{id}/choices/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read templates, employees and groups from Planfix now; 202 when that is not done within 25 s */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixChoices"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanfixChoices"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/planfix-accounts/{id}/hint-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret for hints; within seconds the old one is refused
         * @description Until the scenario in Planfix has the new one, comments are found by the poll, within a minute.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HintSecret"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what needs a person, newest first */
        get: {
            parameters: {
                query?: {
                    connectionId?: string;
                    conversationId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    kind?: "unknown-send" | "parked" | "account-paused" | "connection-paused" | "account-check-failed" | "connection-check-failed" | "contact-refused-as-assigner" | "contact-refused-as-owner" | "fields-refused" | "comments-forbidden" | "notified-nobody" | "nothing-to-send" | "identity-conflict" | "two-contacts" | "templates-unreadable" | "start-refused" | "business-app-sync" | "owner-disconnected" | "connection-restricted" | "disconnect-unconfirmed" | "number-unusable" | "quality-low" | "display-name-declined" | "sending-limited" | "limit-lowered" | "subscription-lost" | "webhook-misdirected" | "account-events-missing" | "fields-missing" | "webhook-silent" | "statuses-missing" | "hint-never-seen" | "token-expires" | "clock-wrong";
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                    limit?: number;
                    planfixAccountId?: string;
                    /** @description The kind of failure behind it */
                    reason?: string;
                    state?: "open" | "settled";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["OpenProblem"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One problem, open or settled */
        get: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenProblem"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a message up, or take note of a problem that is mended or needs nothing more */
        post: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenProblem"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an unknown message again; it may reach the customer twice */
        post: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenProblem"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a parked message again */
        post: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenProblem"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/{id}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a comment to the customer although it notified nobody outside; to keep it internal, discard the problem */
        post: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenProblem"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide every open problem of a kind, or some of them, the oldest first
         * @description At most 500 in one call. What each decision does stands with the calls for one problem.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BulkDecisionInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkDecided"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many problems are open of each kind, what each kind means and what may be decided about it */
        get: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProblemKinds"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/problems/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try every parked message again, or those that were parked for one reason
         * @description At most 500 in one call.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RetryOfParkedInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RetriedParked"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, and what a page needs to write for them */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Sign in with e-mail address and password; sets the cookie of a new session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sign out */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change your own name, language or password */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OwnChangesInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/sign-in-links/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link is good for; it stays good */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInLinkSecretInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInLink"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in-links/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a password by a link, which is good for one use, and sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInLinkUseInput"];
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How somebody can sign in here */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInOptions"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/single-sign-on": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sign in by single sign-on: sends the browser to the identity provider */
        get: {
            parameters: {
                query?: {
                    /** @description The page to show afterwards */
                    returnTo?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description To the identity provider */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/single-sign-on/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the identity provider sends the browser back to */
        get: {
            parameters: {
                query?: {
                    state?: unknown;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description To the page that was asked for, or to the sign-in page that says why not */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether every part works, what waits, and what needs a person */
        get: {
            parameters: {
                query?: {
                    /** @description Of the sentences; without it, the header Accept-Language says */
                    language?: "en" | "ru";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Status"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hear of changes while a page is open */
        get: {
            parameters: {
                query: {
                    /** @description Topics with commas between: connections, problems, mailings, conversations, templates, planfix-accounts, operators, audit, status, connection:<id>, mailing:<id>, conversation:<id>, planfix-account:<id> */
                    topics: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Server-sent events `changed`, each with the topic of which something is to be read again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the templates that can be sent, or could not be just now, by name and language
         * @description Read from the network when a number is connected, when the network tells of a change, and daily. `needs` tells what has to be filled in, `example` is a `template` ready for POST /v1/messages.
         */
        get: {
            parameters: {
                query?: {
                    /** @description marketing, utility or authentication */
                    category?: string;
                    /** @description Those that this connection can send */
                    connectionId?: string;
                    /** @description `nextCursor` of the page before */
                    cursor?: string;
                    language?: string;
                    limit?: number;
                    name?: string;
                    /** @description For example approved or paused */
                    status?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Template"][];
                            nextCursor: string | null;
                        };
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version of a template, also one that was replaced */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Template"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/templates/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the templates of a connection from the network now
         * @description 202: not done within five seconds; GET /v1/templates shows the outcome in a moment.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Any word of your own: the same request with the same key is done once */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "connectionId": "0192f0c4-1111-7cc2-9b1e-5d1f2a3b4c5d"
                     *     }
                     */
                    "application/json": {
                        /** Format: uuid */
                        connectionId: string;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateSync"];
                    };
                };
                /** @description The outcome is not known in time; read it in a moment */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateSync"];
                    };
                };
                /** @description Refused */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/dialog360/{connectionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 360dialog tells of messages and statuses
         * @description Proven by the secret in a header that was set in the Hub. Taken whole or not at all.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    connectionId: string;
                };
                cookie?: never;
            };
            /** @description Meta's envelope, or a partner's `{ id, event, data }` */
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Stored, every item of it; the answer is empty */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such connection, another secret, or an address that is not allowed: which of them is told to nobody; the answer is empty */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Larger than anything that Meta sends; the answer is empty */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Nothing is stored; send it again; the answer is empty */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/dialog360/{connectionId}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 360dialog tells of messages and statuses
         * @description Proven by the secret in the address. Taken whole or not at all.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    connectionId: string;
                    secret: string;
                };
                cookie?: never;
            };
            /** @description Meta's envelope, or a partner's `{ id, event, data }` */
            requestBody: {
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Stored, every item of it; the answer is empty */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such connection, another secret, or an address that is not allowed: which of them is told to nobody; the answer is empty */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Larger than anything that Meta sends; the answer is empty */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Nothing is stored; send it again; the answer is empty */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/meta/{metaAppId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Meta asks whether this address is ours; answered with the challenge */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    metaAppId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The challenge */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Another verify token; the answer is empty */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such Meta app; the answer is empty */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        /**
         * Meta tells of messages and statuses
         * @description Signed by `X-Hub-Signature-256` over the bytes as they come. Taken whole or not at all.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description sha256=<64 hexadecimal digits> */
                    "x-hub-signature-256": string;
                };
                path: {
                    metaAppId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        entry: unknown[];
                        object: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            responses: {
                /** @description Stored, every item of it; the answer is empty */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description The signature is not that of the app; the answer is empty */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such Meta app; the answer is empty */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Larger than anything that Meta sends; the answer is empty */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Nothing is stored; send it again; the answer is empty */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/planfix/{planfixAccountId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A scenario in Planfix tells of a comment
         * @description A form or JSON. Answered at once, with 200 even if it cannot be read: Parley looks for itself every minute.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description The `hintSecret` of the account */
                    "x-parley-secret": string;
                };
                path: {
                    planfixAccountId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Number of the comment */
                        comment: string;
                        /** @description Number of the task */
                        task: string;
                    };
                    "application/x-www-form-urlencoded": {
                        /** @description Number of the comment */
                        comment: string;
                        /** @description Number of the task */
                        task: string;
                    };
                };
            };
            responses: {
                /** @description Taken; the answer is empty */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Another secret; the answer is empty */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such account; the answer is empty */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Nothing is stored; the answer is empty */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/planfix/{planfixAccountId}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A button or scenario in Planfix writes to a customer
         * @description The form twin of POST /v1/conversations. Once authenticated it is answered at once, with 200 whatever happens: the text says what will happen, or what is wrong and what to do. The same form from the same button is the same request for four hours.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description The `hintSecret` of the account */
                    "x-parley-secret": string;
                };
                path: {
                    planfixAccountId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Value for {{1}}, and so on; body.<name> for {{name}}; header and button likewise */
                        "body.1"?: string;
                        /** @description Any word that tells this button from others with the same content */
                        button?: string;
                        /** @description Id of the connection; may be left out where the account has one */
                        connection?: string;
                        /** @description Number of the contact to write to */
                        contact?: string;
                        /** @description Address of the file, of a template whose header is one */
                        "header.link"?: string;
                        /** @description Code of its translation */
                        language?: string;
                        /** @description Of a customer whose name is not known */
                        name?: string;
                        /** @description Phone to write to */
                        phone?: string;
                        /** @description Number of the task that the message belongs to; alone: its contact is the recipient */
                        task?: string;
                        /** @description Name of an approved template */
                        template?: string;
                        /** @description Instead of a template, within 24 hours after the customer wrote */
                        text?: string;
                    };
                    "application/x-www-form-urlencoded": {
                        /** @description Value for {{1}}, and so on; body.<name> for {{name}}; header and button likewise */
                        "body.1"?: string;
                        /** @description Any word that tells this button from others with the same content */
                        button?: string;
                        /** @description Id of the connection; may be left out where the account has one */
                        connection?: string;
                        /** @description Number of the contact to write to */
                        contact?: string;
                        /** @description Address of the file, of a template whose header is one */
                        "header.link"?: string;
                        /** @description Code of its translation */
                        language?: string;
                        /** @description Of a customer whose name is not known */
                        name?: string;
                        /** @description Phone to write to */
                        phone?: string;
                        /** @description Number of the task that the message belongs to; alone: its contact is the recipient */
                        task?: string;
                        /** @description Name of an approved template */
                        template?: string;
                        /** @description Instead of a template, within 24 hours after the customer wrote */
                        text?: string;
                    };
                };
            };
            responses: {
                /** @description What will happen, or what is wrong and what to do */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description Another secret */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No such account */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ApiKey: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            name: string;
            planfixAccountId: string | null;
            revokedAt: string | null;
            scopes: string[];
        };
        AuditEntry: {
            action: string;
            actor: string;
            /** @description Of the operator or API key */
            actorName: string | null;
            /** Format: date-time */
            at: string;
            /** @description Which fields were changed, and the like */
            detail: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            id: string;
            subjectId: string | null;
            subjectKind: string;
        };
        BulkDecided: {
            decided: number;
            /** @description There are further ones; call again with the cursor */
            more: boolean;
            nextCursor: string | null;
            /** @description Settled or changed meanwhile, or not to be decided like this; they stay as they are */
            notPossible: number;
        };
        BulkDecisionInput: {
            /** Format: uuid */
            connectionId?: string;
            /**
             * Format: uuid
             * @description `nextCursor` of the call before
             */
            cursor?: string;
            /** @enum {string} */
            decision: "resend" | "discard" | "retry" | "send";
            /** @description Only these */
            ids?: string[];
            /** @enum {string} */
            kind: "unknown-send" | "parked" | "account-paused" | "connection-paused" | "account-check-failed" | "connection-check-failed" | "contact-refused-as-assigner" | "contact-refused-as-owner" | "fields-refused" | "comments-forbidden" | "notified-nobody" | "nothing-to-send" | "identity-conflict" | "two-contacts" | "templates-unreadable" | "start-refused" | "business-app-sync" | "owner-disconnected" | "connection-restricted" | "disconnect-unconfirmed" | "number-unusable" | "quality-low" | "display-name-declined" | "sending-limited" | "limit-lowered" | "subscription-lost" | "webhook-misdirected" | "account-events-missing" | "fields-missing" | "webhook-silent" | "statuses-missing" | "hint-never-seen" | "token-expires" | "clock-wrong";
            /** Format: uuid */
            planfixAccountId?: string;
            /** @description Only what has this reason */
            reason?: string;
        };
        Check: {
            /** @description Which person or group, where several checks have one name */
            about?: string;
            /** @description What `detail` says, by code, where it is a sentence */
            because?: components["schemas"]["Finding"];
            /** @description A stable word for what was found; null: found before there were such words */
            code: string | null;
            /** @description What the message names beside what the code says */
            detail?: string;
            message: string;
            name: string;
            ok: boolean;
            remedy?: string;
        };
        Connection: {
            /** @description What the last live check found; empty while one is under way */
            checks: components["schemas"]["Check"][];
            configuredBy: string;
            /** Format: date-time */
            createdAt: string;
            disconnectedAt: string | null;
            disconnectingAt: string | null;
            displayPhoneNumber: string | null;
            /** @description What the network last said of the number, in its words */
            facts: {
                messagingLimit?: string;
                nameStatus?: string;
                platform?: string;
                quality?: string;
                status?: string;
                throughput?: string;
            };
            /** @description What the self-check last found */
            health: {
                checkedAt: string;
                code: string;
                /** @description What the message names beside what the code says */
                detail: string | null;
                isWarning: boolean;
                message: string;
                name: string;
                ok: boolean;
                remedy: string | null;
                since: string;
            }[];
            /** @description How much of the business app's chats has come, of 100 */
            historyProgress: number | null;
            /** Format: uuid */
            id: string;
            /** @description Null where no Meta app tells of the number */
            metaAppId: string | null;
            /** @description The number is used in the WhatsApp Business app, too */
            onBusinessApp: boolean;
            openProblems: number;
            pausedAt: string | null;
            /** @description Why nothing is sent to customers just now: a kind of failure */
            pausedReason: string | null;
            phoneNumberId: string;
            /** Format: uuid */
            planfixAccountId: string;
            provider: string;
            /** @description Messages to customers that wait to be sent */
            queued: number;
            settings: {
                /**
                 * @description Beside those of the template
                 * @default []
                 */
                additionalAssignees: string[];
                /**
                 * @description Any two sends of one template count as identical, whatever its placeholders hold
                 * @default false
                 */
                bulkByTemplate: boolean;
                /** @description Template of new contacts */
                contactTemplate?: number;
                /** @description A text field of the task template that carries our id */
                correlationField?: number;
                /** @description Of phones that are typed without "+" */
                defaultCountry?: string;
                /** @description A text field of the task template that shows how the last message to the customer fared */
                deliveryStateField?: number;
                /** @description Writes the comments that show what a colleague wrote in the WhatsApp Business app */
                echoAuthor?: string;
                /**
                 * @description Who gets tasks that nobody else gets
                 * @default [
                 *       "primary-admin",
                 *       "configured-by"
                 *     ]
                 */
                fallbackOrder: ("primary-admin" | "configured-by")[];
                /**
                 * @description Days of the WhatsApp Business app's chats that are taken over on connecting; 0: none
                 * @default 30
                 */
                historyDays: number;
                /** @description For templates whose first status forbids comments */
                initialStatus?: number;
                /**
                 * @description Of what Parley itself writes to employees
                 * @default en
                 * @enum {string}
                 */
                language: "en" | "ru";
                /** @description Words by which a customer allows marketing again */
                marketingStartWords?: string[];
                /** @description Words by which a customer stops marketing, beside the built-in ones */
                marketingStopWords?: string[];
                /**
                 * @description A message makes a new task when the one before it is not active any more
                 * @default true
                 */
                newTaskWhenNoneActive: boolean;
                /**
                 * @description A colleague's message to somebody without a task opens one at once, not with the customer's answer
                 * @default false
                 */
                openTaskForEchoes: boolean;
                /**
                 * @description A comment of one emoji that answers a customer's message becomes a reaction
                 * @default false
                 */
                reactionsFromComments: boolean;
                /**
                 * @description When the customer is told that their message was read
                 * @default when-answered
                 * @enum {string}
                 */
                readReceipts: "never" | "when-answered" | "when-posted";
                /** @description Template of new tasks */
                taskTemplate: number;
                /**
                 * @description A comment after a customer's message that notifies nobody outside is listed as a problem
                 * @default true
                 */
                unnotifiedHints: boolean;
                /**
                 * @description Assignees are told an hour before the window closes over a customer who was not answered
                 * @default true
                 */
                windowWarning: boolean;
            };
            /** @enum {string} */
            state: "draft" | "checking" | "connected" | "paused" | "failed" | "disconnecting" | "disconnected";
            /** @description What is done once to connect or disconnect the number */
            steps: {
                /** @description What `detail` says, by code */
                because: components["schemas"]["Finding"] | null;
                calledAt: string | null;
                code: string | null;
                deadlineAt: string | null;
                /** @description Why it failed */
                detail: string | null;
                settledAt: string | null;
                /** @enum {string} */
                state: "waiting" | "called" | "done" | "failed" | "skipped";
                step: string;
            }[];
            /** @description When the network last said when the token expires; null: never, so that its end is not known */
            tokenCheckedAt: string | null;
            /** @description Null: it never expires, or nobody knows (tokenCheckedAt is null, too) */
            tokenExpiresAt: string | null;
            verifiedName: string | null;
            wabaId: string;
            /** @description When a message, a status or other news of this number last came, to half a minute; null: none yet. Whether the address can be called is what the check "webhook" tells */
            webhookSeenAt: string | null;
        };
        ConnectionChangesInput: {
            accessToken?: string;
            configuredBy?: string;
            /** @description Only what changes; null takes an optional setting away */
            settings?: {
                additionalAssignees?: string[];
                bulkByTemplate?: boolean;
                contactTemplate?: number | null;
                correlationField?: number | null;
                defaultCountry?: string | null;
                deliveryStateField?: number | null;
                echoAuthor?: string | null;
                fallbackOrder?: ("primary-admin" | "configured-by")[];
                historyDays?: number;
                initialStatus?: number | null;
                /** @enum {string} */
                language?: "en" | "ru";
                marketingStartWords?: string[] | null;
                marketingStopWords?: string[] | null;
                newTaskWhenNoneActive?: boolean;
                openTaskForEchoes?: boolean;
                reactionsFromComments?: boolean;
                /** @enum {string} */
                readReceipts?: "never" | "when-answered" | "when-posted";
                taskTemplate?: number;
                unnotifiedHints?: boolean;
                windowWarning?: boolean;
            };
        };
        Console: {
            graphVersion: string;
            metaSdkUrl: string;
            /** @description Only messages of these origins are of Embedded Signup */
            metaSignupOrigins: string[];
            providers: {
                hasBusinessApp: boolean;
                hasReactions: boolean;
                hasServiceWindow: boolean;
                hasTemplates: boolean;
                kind: string;
                maxCaptionLength: number;
                maxTextLength: number;
                network: string;
                setsUpNumbers: boolean;
                /** @enum {string} */
                webhookAuthenticity: "app-signature" | "secret-in-address";
            }[];
            publicUrl: string;
            temporalNamespace: string;
            temporalUiUrl: string | null;
            version: string;
        };
        Conversation: {
            /** Format: uuid */
            connectionId: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            customerId: string;
            customerName: string | null;
            /** @description With the country, as "+4915112345678" */
            customerPhone: string | null;
            /** Format: uuid */
            id: string;
            lastMessageAt: string | null;
            openProblems: number;
            /** Format: uuid */
            planfixAccountId: string;
            planfixContact: number | null;
            /** @description The current one; null before there is one */
            planfixTask: number | null;
            planfixTaskUrl: string | null;
            /** @description Of the run that works on the conversation */
            temporalWorkflowId: string;
            /** @description Until then the customer may be answered freely */
            windowClosesAt: string | null;
        };
        ConversationTask: {
            /** @description Why the task was given to these people */
            assigneeReason: string | null;
            assignees: string[] | null;
            /** Format: date-time */
            createdAt: string;
            isActive: boolean;
            isCurrent: boolean;
            isGone: boolean;
            /** @description Null while it is being created */
            planfixTask: number | null;
            planfixTaskUrl: string | null;
            previousPlanfixTask: number | null;
        };
        CreatedApiKey: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            name: string;
            planfixAccountId: string | null;
            revokedAt: string | null;
            scopes: string[];
            /** @description The key itself; shown only here */
            secret: string;
        };
        CreatedOperator: {
            /** @description Lets its holder choose a password, once; shown only here */
            address: string;
            /** Format: date-time */
            createdAt: string;
            disabled: boolean;
            disabledAt: string | null;
            email: string;
            /** Format: date-time */
            expiresAt: string;
            hasPassword: boolean;
            /** @description Has signed in by it */
            hasSingleSignOn: boolean;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            language: "en" | "ru";
            /** @description The last call of a session that holds */
            lastSeenAt: string | null;
            name: string;
            /** @enum {string} */
            role: "admin" | "agent" | "viewer";
        };
        CreatedPlanfixAccount: {
            /** @description What the last live check found; empty while one is under way */
            checks: components["schemas"]["Check"][];
            /** Format: date-time */
            createdAt: string;
            /** @description For the header X-Parley-Secret; shown only here */
            hintSecret: string;
            /** @description Where a scenario posts task number and comment id */
            hintUrl: string;
            /** Format: uuid */
            id: string;
            name: string;
            pausedAt: string | null;
            /** @description Why nothing is sent to Planfix just now: a kind of failure */
            pausedReason: string | null;
            primaryAdmin: string;
            /** @enum {string} */
            state: "draft" | "connected" | "paused" | "failed";
            timeZone: string | null;
            url: string;
        };
        CredentialInputInput: {
            accessToken?: string;
            /** Format: uuid */
            metaAppId?: string;
            phoneNumberId?: string;
            pin?: string;
            /** @enum {string} */
            provider: "whatsapp-cloud";
            wabaId?: string;
        } | {
            apiKey?: string;
            phone?: string;
            /** @enum {string} */
            provider: "dialog360";
        };
        CredentialReport: {
            facts: {
                accounts?: {
                    id: string;
                    name: string | null;
                }[];
                numbers?: {
                    codeVerification: string | null;
                    displayPhone: string | null;
                    id: string;
                    onBusinessApp: boolean | null;
                    platform: string | null;
                    quality: string | null;
                    status: string | null;
                    verifiedName: string | null;
                }[];
                token?: {
                    appId: string | null;
                    expiresAt: string | null;
                    scopes: string[];
                };
            };
            findings: {
                /** @description What `detail` says, by code, where it is a sentence */
                because?: components["schemas"]["Finding"];
                code: string;
                /** @description What the message names beside what the code says */
                detail?: string;
                /** @description The field of the request that this is about */
                field: string;
                /** @description True, yet the number can be connected */
                isWarning: boolean;
                message: string;
                ok: boolean;
                remedy?: string;
            }[];
        };
        DisconnectConfirmationInput: {
            /**
             * @description `not-applicable`: the Meta app is the company's own, so that there is no partner to remove
             * @enum {string}
             */
            how: "owner-said" | "not-applicable";
        };
        EmbeddedSignup: {
            accounts: {
                id: string;
                name: string | null;
            }[];
            /** Format: uuid */
            id: string;
            numbers: {
                codeVerification: string | null;
                displayPhone: string | null;
                id: string;
                onBusinessApp: boolean | null;
                platform: string | null;
                quality: string | null;
                status: string | null;
                verifiedName: string | null;
            }[];
            phoneNumberId: string | null;
            problem: {
                code: string;
                message: string;
                remedy: string;
            } | null;
            /** @enum {string} */
            road: "new-number" | "business-app";
            /** @enum {string} */
            state: "waiting" | "exchanging" | "ready" | "failed" | "used";
            /** @description The account that was signed up; null: it is to be chosen */
            wabaId: string | null;
        };
        Finding: {
            /** @description A stable word. `check:` goes before the codes of `checks` of connections and Planfix accounts, `health:` before those of `health`, `start:` before reasons for which a conversation is not started */
            code: string;
            /** @description What the sentence names: numbers, names, words of a network; `because` is the code of what `detail` says */
            values: {
                [key: string]: string;
            };
        };
        HintSecret: {
            /** @description For the header X-Parley-Secret; shown only here */
            hintSecret: string;
        };
        InboundEvent: {
            connectionId: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            /** @description Why nothing was done for it */
            reason: string | null;
            /** Format: date-time */
            receivedAt: string;
            /** @description The channel's id of the message that it is about */
            subject: string | null;
        };
        ListedMailing: {
            /** Format: uuid */
            connectionId: string;
            counts: {
                /** @description Taken by the network and not failed; delivered and read ones among them */
                accepted: number;
                /** @description Recipients who have answered */
                answered: number;
                /** @description Lines that cannot be sent to */
                bad: number;
                /** @description Left unsent by a cancellation, or after a month */
                cancelled: number;
                /** @description Read ones among them */
                delivered: number;
                /** @description Lines whose recipient an earlier line names */
                duplicate: number;
                /** @description Refused at once, or failed later */
                failed: number;
                /** @description By kind of failure, with the code of the network if any */
                failedByReason: {
                    [key: string]: number;
                };
                /** @description Set aside or refused because they want no marketing */
                optedOut: number;
                read: number;
                /** @description Lines that were given; of a detected mailing, its messages */
                recipients: number;
                /** @description The outcome is not known: never repeated, listed among the problems */
                unknown: number;
                /** @description Recipients who have stopped marketing since it began */
                unsubscribed: number;
                /** @description Not sent yet */
                waiting: number;
            };
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /** Format: uuid */
            id: string;
            isMarketing: boolean;
            /** @description Lines that were given */
            lines: number;
            name: string | null;
            /**
             * @description Declared by a caller, or detected as identical messages
             * @enum {string}
             */
            origin: "declared" | "detected";
            /** Format: uuid */
            planfixAccountId: string;
            /** @description Messages a second at most */
            rate: number | null;
            /** @description Why it does not run */
            reason: string | null;
            /** @description The same in words, with the remedy */
            reasonDetail: string | null;
            startAt: string | null;
            startedAt: string | null;
            /** @enum {string} */
            state: "checking" | "refused" | "scheduled" | "running" | "paused" | "stopped" | "cancelled" | "done";
            template: {
                language: string;
                name: string;
            } | null;
            text: string;
        };
        Mailing: {
            /** @description The first 1,000 */
            badLines: {
                /** @description In a file as a spreadsheet counts it, its header being line 1; in JSON counted from 1 */
                line: number;
                message: string;
                path: string;
                remedy: string;
            }[];
            /** Format: uuid */
            connectionId: string;
            counts: {
                /** @description Taken by the network and not failed; delivered and read ones among them */
                accepted: number;
                /** @description Recipients who have answered */
                answered: number;
                /** @description Lines that cannot be sent to */
                bad: number;
                /** @description Left unsent by a cancellation, or after a month */
                cancelled: number;
                /** @description Read ones among them */
                delivered: number;
                /** @description Lines whose recipient an earlier line names */
                duplicate: number;
                /** @description Refused at once, or failed later */
                failed: number;
                /** @description By kind of failure, with the code of the network if any */
                failedByReason: {
                    [key: string]: number;
                };
                /** @description Set aside or refused because they want no marketing */
                optedOut: number;
                read: number;
                /** @description Lines that were given; of a detected mailing, its messages */
                recipients: number;
                /** @description The outcome is not known: never repeated, listed among the problems */
                unknown: number;
                /** @description Recipients who have stopped marketing since it began */
                unsubscribed: number;
                /** @description Not sent yet */
                waiting: number;
            };
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /** Format: uuid */
            id: string;
            isMarketing: boolean;
            /** @description Lines that were given */
            lines: number;
            name: string | null;
            /**
             * @description Declared by a caller, or detected as identical messages
             * @enum {string}
             */
            origin: "declared" | "detected";
            /** Format: uuid */
            planfixAccountId: string;
            /** @description Messages a second at most */
            rate: number | null;
            /** @description Why it does not run */
            reason: string | null;
            /** @description The same in words, with the remedy */
            reasonDetail: string | null;
            startAt: string | null;
            startedAt: string | null;
            /** @enum {string} */
            state: "checking" | "refused" | "scheduled" | "running" | "paused" | "stopped" | "cancelled" | "done";
            template: {
                language: string;
                name: string;
            } | null;
            text: string;
        };
        MailingRecipient: {
            conversationId: string | null;
            line: number;
            /** @description Why the line was set aside */
            message: string | null;
            messageId: string | null;
            messageState: string | null;
            path: string | null;
            reason: string | null;
            reasonCode: number | null;
            reasonDetail: string | null;
            remedy: string | null;
            /** @description unchecked, good, bad, duplicate, opted-out, or queued: it has a message */
            state: string;
        };
        Message: {
            aboutMessageId: string | null;
            /** @description The channel's own time */
            channelAt: string | null;
            channelMessageId: string | null;
            /** Format: uuid */
            connectionId: string;
            /** @description What the message holds beside its words and files */
            content: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            conversationId: string;
            deliveredAt: string | null;
            /**
             * @description An echo was written by a colleague in the WhatsApp Business app; a note is a comment of Parley itself
             * @enum {string}
             */
            direction: "inbound" | "outbound" | "echo" | "note";
            /** @description Until when a held message can be released */
            expiresAt: string | null;
            failedAt: string | null;
            files: {
                mime: string | null;
                name: string | null;
                planfixFile: number | null;
                reason: string | null;
                sizeBytes: number | null;
                /** @enum {string} */
                state: "pending" | "moved" | "failed";
            }[];
            hold: ("held" | "releasing" | "released" | "expired") | null;
            /** Format: uuid */
            id: string;
            /** @description Taken over from the WhatsApp Business app when the number was connected: shown, and otherwise left alone */
            isHistory: boolean;
            kind: string;
            mailingId: string | null;
            origin: ("planfix" | "api") | null;
            /** @description Of the messages that one comment became, counted from 0 */
            part: number;
            /** Format: uuid */
            planfixAccountId: string;
            planfixAuthor: string | null;
            planfixComment: number | null;
            planfixTask: number | null;
            planfixTaskUrl: string | null;
            postedAt: string | null;
            /** @description In the network's own words */
            pricing: {
                [key: string]: unknown;
            } | null;
            /** @description The message that it answers, if that is known here */
            quoted: {
                /** @enum {string} */
                direction: "inbound" | "outbound" | "echo" | "note";
                /** Format: uuid */
                id: string;
                kind: string;
                /** @description Its first words */
                text: string;
            } | null;
            quotedChannelMessageId: string | null;
            readAt: string | null;
            reason: string | null;
            reasonCode: number | null;
            reasonDetail: string | null;
            /** @description Why it did not arrive, or waits, and what to do about it */
            reasonWords: {
                remedy: string;
                sentence: string;
            } | null;
            /** Format: date-time */
            receivedAt: string;
            sentAt: string | null;
            /** @description Of outgoing ones: the employee who wrote the comment, or who called the API */
            sentBy: {
                id: string;
                name: string | null;
            } | null;
            /** @enum {string} */
            state: "received" | "posted" | "ready" | "sending" | "sent" | "delivered" | "read" | "failed" | "refused" | "unknown" | "waiting" | "parked" | "ignored";
            text: string;
        };
        MetaApp: {
            appId: string;
            /** Format: date-time */
            createdAt: string;
            embeddedSignup: {
                businessAppExtras: {
                    [key: string]: unknown;
                };
                configurationId: string;
                extras: {
                    [key: string]: unknown;
                };
            } | null;
            /** Format: uuid */
            id: string;
            /** @description The callback address to enter at Meta */
            webhookUrl: string;
        };
        MetaAppChangesInput: {
            appSecret?: string;
            /** @description null: numbers are connected by token only */
            embeddedSignup?: {
                /**
                 * @description The same for a number that is in the WhatsApp Business app
                 * @default {
                 *       "setup": {},
                 *       "featureType": "whatsapp_business_app_onboarding",
                 *       "sessionInfoVersion": "3"
                 *     }
                 */
                businessAppExtras?: {
                    [key: string]: unknown;
                };
                /** @description Of the configuration at Facebook Login for Business */
                configurationId: string;
                /**
                 * @description `extras` of `FB.login` for a new number
                 * @default {
                 *       "setup": {}
                 *     }
                 */
                extras?: {
                    [key: string]: unknown;
                };
            } | null;
            verifyToken?: string;
        };
        NewApiKeyInput: {
            name: string;
            /**
             * @description Binds the key: it sees only rows of this account
             * @default null
             */
            planfixAccountId?: string | null;
            scopes: ("admin" | "read" | "write:planfix-accounts" | "write:meta-apps" | "write:connections" | "write:conversations" | "write:messages" | "write:problems" | "write:api-keys")[];
        };
        NewConnectionInput: {
            /** @description Token of a System User with whatsapp_business_messaging and _management */
            accessToken?: string;
            /** @description Gets tasks when the primary admin is not there, as "user:<number>" */
            configuredBy: string;
            /**
             * Format: uuid
             * @description In place of the token: a sign-up that is ready
             */
            embeddedSignupId?: string;
            /**
             * Format: uuid
             * @description The Meta app, as known here, whose webhooks tell of this number
             */
            metaAppId: string;
            /** @description Phone number ID at Meta, not the number itself */
            phoneNumberId: string;
            /** @description Of two-step verification; without it a number that has none gets one, which is kept */
            pin?: string;
            /** Format: uuid */
            planfixAccountId: string;
            /** @enum {string} */
            provider: "whatsapp-cloud";
            settings: {
                /**
                 * @description Beside those of the template
                 * @default []
                 */
                additionalAssignees?: string[];
                /**
                 * @description Any two sends of one template count as identical, whatever its placeholders hold
                 * @default false
                 */
                bulkByTemplate?: boolean;
                /** @description Template of new contacts */
                contactTemplate?: number;
                /** @description A text field of the task template that carries our id */
                correlationField?: number;
                /** @description Of phones that are typed without "+" */
                defaultCountry?: string;
                /** @description A text field of the task template that shows how the last message to the customer fared */
                deliveryStateField?: number;
                /** @description Writes the comments that show what a colleague wrote in the WhatsApp Business app */
                echoAuthor?: string;
                /**
                 * @description Who gets tasks that nobody else gets
                 * @default [
                 *       "primary-admin",
                 *       "configured-by"
                 *     ]
                 */
                fallbackOrder?: ("primary-admin" | "configured-by")[];
                /**
                 * @description Days of the WhatsApp Business app's chats that are taken over on connecting; 0: none
                 * @default 30
                 */
                historyDays?: number;
                /** @description For templates whose first status forbids comments */
                initialStatus?: number;
                /**
                 * @description Of what Parley itself writes to employees
                 * @default en
                 * @enum {string}
                 */
                language?: "en" | "ru";
                /** @description Words by which a customer allows marketing again */
                marketingStartWords?: string[];
                /** @description Words by which a customer stops marketing, beside the built-in ones */
                marketingStopWords?: string[];
                /**
                 * @description A message makes a new task when the one before it is not active any more
                 * @default true
                 */
                newTaskWhenNoneActive?: boolean;
                /**
                 * @description A colleague's message to somebody without a task opens one at once, not with the customer's answer
                 * @default false
                 */
                openTaskForEchoes?: boolean;
                /**
                 * @description A comment of one emoji that answers a customer's message becomes a reaction
                 * @default false
                 */
                reactionsFromComments?: boolean;
                /**
                 * @description When the customer is told that their message was read
                 * @default when-answered
                 * @enum {string}
                 */
                readReceipts?: "never" | "when-answered" | "when-posted";
                /** @description Template of new tasks */
                taskTemplate: number;
                /**
                 * @description A comment after a customer's message that notifies nobody outside is listed as a problem
                 * @default true
                 */
                unnotifiedHints?: boolean;
                /**
                 * @description Assignees are told an hour before the window closes over a customer who was not answered
                 * @default true
                 */
                windowWarning?: boolean;
            };
            /** @description WhatsApp Business Account ID at Meta */
            wabaId: string;
        } | {
            /** @description Whence webhooks may come; without it from anywhere, by their secret */
            allowedAddresses?: string[];
            /** @description Of this number, from the 360dialog Hub */
            apiKey: string;
            /** @description Gets tasks when the primary admin is not there, as "user:<number>" */
            configuredBy: string;
            phone: string;
            /** Format: uuid */
            planfixAccountId: string;
            /** @enum {string} */
            provider: "dialog360";
            settings: {
                /**
                 * @description Beside those of the template
                 * @default []
                 */
                additionalAssignees?: string[];
                /**
                 * @description Any two sends of one template count as identical, whatever its placeholders hold
                 * @default false
                 */
                bulkByTemplate?: boolean;
                /** @description Template of new contacts */
                contactTemplate?: number;
                /** @description A text field of the task template that carries our id */
                correlationField?: number;
                /** @description Of phones that are typed without "+" */
                defaultCountry?: string;
                /** @description A text field of the task template that shows how the last message to the customer fared */
                deliveryStateField?: number;
                /** @description Writes the comments that show what a colleague wrote in the WhatsApp Business app */
                echoAuthor?: string;
                /**
                 * @description Who gets tasks that nobody else gets
                 * @default [
                 *       "primary-admin",
                 *       "configured-by"
                 *     ]
                 */
                fallbackOrder?: ("primary-admin" | "configured-by")[];
                /**
                 * @description Days of the WhatsApp Business app's chats that are taken over on connecting; 0: none
                 * @default 30
                 */
                historyDays?: number;
                /** @description For templates whose first status forbids comments */
                initialStatus?: number;
                /**
                 * @description Of what Parley itself writes to employees
                 * @default en
                 * @enum {string}
                 */
                language?: "en" | "ru";
                /** @description Words by which a customer allows marketing again */
                marketingStartWords?: string[];
                /** @description Words by which a customer stops marketing, beside the built-in ones */
                marketingStopWords?: string[];
                /**
                 * @description A message makes a new task when the one before it is not active any more
                 * @default true
                 */
                newTaskWhenNoneActive?: boolean;
                /**
                 * @description A colleague's message to somebody without a task opens one at once, not with the customer's answer
                 * @default false
                 */
                openTaskForEchoes?: boolean;
                /**
                 * @description A comment of one emoji that answers a customer's message becomes a reaction
                 * @default false
                 */
                reactionsFromComments?: boolean;
                /**
                 * @description When the customer is told that their message was read
                 * @default when-answered
                 * @enum {string}
                 */
                readReceipts?: "never" | "when-answered" | "when-posted";
                /** @description Template of new tasks */
                taskTemplate: number;
                /**
                 * @description A comment after a customer's message that notifies nobody outside is listed as a problem
                 * @default true
                 */
                unnotifiedHints?: boolean;
                /**
                 * @description Assignees are told an hour before the window closes over a customer who was not answered
                 * @default true
                 */
                windowWarning?: boolean;
            };
        };
        /**
         * @example {
         *       "connectionId": "0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d",
         *       "to": "+4915112345678",
         *       "template": {
         *         "name": "order_ready",
         *         "language": "en_US",
         *         "parameters": {
         *           "body": [
         *             "A-17",
         *             "Monday"
         *           ]
         *         }
         *       }
         *     }
         */
        NewConversationInput: {
            /** Format: uuid */
            connectionId: string;
            /** @description Of a customer whose name is not known */
            name?: string;
            /** @description The task that the conversation goes on in */
            planfixTask?: number;
            template?: components["schemas"]["TemplateToSendInput"];
            /** @description Within 24 hours after the customer wrote */
            text?: string;
            /** @description A phone with "+" and the country code, a contact of Planfix, or an identity: a business-scoped user id, or `customerId` of GET /v1/conversations */
            to: string | {
                contact: number;
            } | {
                identity: string;
            };
        };
        NewEmbeddedSignupInput: {
            /** Format: uuid */
            metaAppId: string;
            /**
             * @description A new number, or one that is in the WhatsApp Business app and stays there
             * @enum {string}
             */
            road: "new-number" | "business-app";
        };
        /**
         * @description Recipients as JSON; or, as a form, this without recipients in the field "mailing" and a CSV file
         * @example {
         *       "connectionId": "0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d",
         *       "template": {
         *         "name": "order_ready",
         *         "language": "en_US"
         *       },
         *       "recipients": [
         *         {
         *           "to": "+4915112345678",
         *           "parameters": {
         *             "body": [
         *               "A-17",
         *               "Monday"
         *             ]
         *           }
         *         }
         *       ]
         *     }
         */
        NewMailingInput: {
            /** Format: uuid */
            connectionId: string;
            name?: string;
            /** @description Messages a second at most */
            rate?: number;
            recipients?: {
                name?: string;
                /** @description The recipient's own values; the others are the mailing's */
                parameters?: components["schemas"]["TemplateParametersInput"];
                /** @description A phone, or an id of WhatsApp */
                to: string;
            }[];
            /**
             * @description Send to the others when lines cannot be sent to
             * @default false
             */
            skipBadLines?: boolean;
            /** Format: date-time */
            startAt?: string;
            template?: components["schemas"]["TemplateToSendInput"];
            /** @description Only reaches customers who wrote within 24 hours */
            text?: string;
        };
        /**
         * @description Exactly one of text, location, contacts, reaction, template
         * @example {
         *       "conversationId": "0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d",
         *       "text": "Your order is *ready*."
         *     }
         */
        NewMessageInput: {
            contacts?: {
                /** @default [] */
                emails?: string[];
                name: string;
                organization?: string;
                /** @description In any usual form; without "+" a number of the connection's default country */
                phones: string[];
                title?: string;
            }[];
            /** Format: uuid */
            conversationId: string;
            location?: {
                address?: string;
                latitude: number;
                longitude: number;
                name?: string;
            };
            /**
             * Format: uuid
             * @description A message of this conversation that this one answers
             */
            quotes?: string;
            /** @description An empty emoji takes the reaction back */
            reaction?: {
                emoji: string;
                /**
                 * Format: uuid
                 * @description A message of this conversation
                 */
                to: string;
            };
            template?: components["schemas"]["TemplateToSendInput"];
            /** @description In WhatsApp's own formatting */
            text?: string;
        };
        NewMetaAppInput: {
            /** @description The App ID on the dashboard of the Meta app */
            appId: string;
            /** @description Signs the webhooks; App settings, Basic */
            appSecret: string;
            /** @description A word of your own, to be entered at Meta beside the callback address */
            verifyToken: string;
        };
        NewOperatorInput: {
            email: string;
            /**
             * @default en
             * @enum {string}
             */
            language?: "en" | "ru";
            name: string;
            /** @enum {string} */
            role: "admin" | "agent" | "viewer";
        };
        NewOptOutInput: {
            /** Format: uuid */
            conversationId?: string;
            /** Format: uuid */
            planfixAccountId?: string;
            /** @description A phone with "+" and country code */
            to?: string;
        };
        NewPlanfixAccountInput: {
            /** @description For people; anything */
            name: string;
            /** @description Gets tasks that nobody else is there for, as "user:<number>" */
            primaryAdmin: string;
            /** @description Time zone of the token's employee; without it each poll reads a day more than it must */
            timeZone?: string;
            /** @description Token of the REST API, best bound to a robot */
            token: string;
            /**
             * Format: uri
             * @description Address of the REST API: https://<account>.planfix.com/rest/
             */
            url: string;
        };
        OpenProblem: {
            connectionId: string | null;
            conversationId: string | null;
            /** Format: date-time */
            createdAt: string;
            customerName: string | null;
            /** @description What may be decided; none: it ends by itself */
            decisions: ("resend" | "discard" | "retry" | "send")[];
            /** @description What exactly is wrong, in English */
            detail: string | null;
            /** @description What `detail` says, by code, to tell it in another language; empty where there is no code for it */
            findings: components["schemas"]["Finding"][];
            /** Format: uuid */
            id: string;
            kind: string;
            messageDirection: string | null;
            messageId: string | null;
            messageState: string | null;
            planfixAccountId: string | null;
            planfixComment: number | null;
            planfixTask: number | null;
            planfixTaskUrl: string | null;
            reason: string | null;
            /** @description What to do about it */
            remedy: string;
            /** @description What settled it */
            resolution: string | null;
            settledAt: string | null;
            /** @enum {string} */
            state: "open" | "settled";
            /** @description What happened, in words */
            title: string;
        };
        Operator: {
            /** Format: date-time */
            createdAt: string;
            disabled: boolean;
            disabledAt: string | null;
            email: string;
            hasPassword: boolean;
            /** @description Has signed in by it */
            hasSingleSignOn: boolean;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            language: "en" | "ru";
            /** @description The last call of a session that holds */
            lastSeenAt: string | null;
            name: string;
            /** @enum {string} */
            role: "admin" | "agent" | "viewer";
        };
        OperatorChangesInput: {
            disabled?: boolean;
            name?: string;
            /** @enum {string} */
            role?: "admin" | "agent" | "viewer";
        };
        OperatorLink: {
            /** @description Lets its holder choose a password, once; shown only here */
            address: string;
            /** Format: date-time */
            expiresAt: string;
        };
        OptOut: {
            /** @description The number that it was said to */
            connectionId: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string | null;
            /** Format: uuid */
            customerId: string;
            /** Format: uuid */
            id: string;
            messageId: string | null;
            /** Format: uuid */
            planfixAccountId: string;
            revokedAt: string | null;
            revokedBy: string | null;
            revokedSource: ("stop-word" | "preference" | "network-refusal" | "operator") | null;
            /**
             * @description A stop word, the setting in WhatsApp, the network that refused a message for it, or an operator
             * @enum {string}
             */
            source: "stop-word" | "preference" | "network-refusal" | "operator";
        };
        OwnChangesInput: {
            /** @enum {string} */
            language?: "en" | "ru";
            name?: string;
            /** @description Ends every other session of yours */
            password?: {
                current: string;
                next: string;
            };
        };
        PlanfixAccount: {
            /** @description What the last live check found; empty while one is under way */
            checks: components["schemas"]["Check"][];
            /** Format: date-time */
            createdAt: string;
            /** @description Where a scenario posts task number and comment id */
            hintUrl: string;
            /** Format: uuid */
            id: string;
            name: string;
            pausedAt: string | null;
            /** @description Why nothing is sent to Planfix just now: a kind of failure */
            pausedReason: string | null;
            primaryAdmin: string;
            /** @enum {string} */
            state: "draft" | "connected" | "paused" | "failed";
            timeZone: string | null;
            url: string;
        };
        PlanfixAccountChangesInput: {
            name?: string;
            primaryAdmin?: string;
            timeZone?: string | null;
            token?: string;
        };
        PlanfixChoices: {
            contactTemplates: {
                id: number;
                name: string;
            }[];
            employees: {
                /** @description Active, and no robot */
                canBeAssigned: boolean;
                /** @description As settings name them: "user:<number>" */
                id: string;
                isActive: boolean;
                name: string;
            }[];
            groups: {
                /** @description As settings name them: "group:<number>" */
                id: string;
                name: string;
            }[];
            isRefreshing: boolean;
            /** @description Of the oldest of the lists; null before all of them were read */
            refreshedAt: string | null;
            taskTemplates: {
                id: number;
                name: string;
            }[];
        };
        Problem: {
            detail?: string;
            errors?: {
                /** @description What `detail` says, by code, where it is a sentence */
                because?: components["schemas"]["Finding"];
                /** @description A stable word for what a check found */
                code?: string;
                /** @description What the message names beside what the code says */
                detail?: string;
                message: string;
                path: string;
                remedy: string;
            }[];
            status: number;
            title: string;
            /** @description urn:parley:problem:<word> */
            type: string;
        };
        ProblemKinds: {
            items: {
                decisions: ("resend" | "discard" | "retry" | "send")[];
                kind: string;
                open: number;
                remedy: string;
                title: string;
            }[];
        };
        QueuedChoiceInput: {
            /** @description Without it: all that are queued at that moment */
            ids?: string[];
        };
        QueuedDecision: {
            decided: number;
            /** @description How many nobody has decided about */
            undecided: number;
        };
        QueuedMessage: {
            /** Format: uuid */
            conversationId: string;
            customerName: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            /** @description Somebody wants it to leave before the connection ends */
            leavesLast: boolean;
            origin: string | null;
            planfixTask: number | null;
            /** Format: date-time */
            receivedAt: string;
            /** @description `waiting`: it may leave only when the customer writes */
            state: string;
            text: string;
        };
        Readiness: {
            migrations: boolean;
            postgres: boolean;
            ready: boolean;
            temporal: boolean;
        };
        RetriedParked: {
            /** @description There are further ones; call again */
            more: boolean;
            retried: number;
        };
        RetryOfParkedInput: {
            /** Format: uuid */
            connectionId?: string;
            /** Format: uuid */
            planfixAccountId?: string;
            /**
             * @description Only what failed for this
             * @enum {string}
             */
            reason?: "unavailable" | "rate-limited" | "credentials-rejected" | "invalid-request" | "recipient-unreachable" | "template-required" | "file-rejected" | "unexpected-response" | "outcome-unknown";
        };
        Session: {
            /** @description Goes into the header X-CSRF-Token of every write */
            csrfToken: string;
            /**
             * Format: date-time
             * @description The end of the session, however busy it is
             */
            expiresAt: string;
            operator: {
                email: string;
                /** Format: uuid */
                id: string;
                /** @enum {string} */
                language: "en" | "ru";
                name: string;
                /** @enum {string} */
                role: "admin" | "agent" | "viewer";
            };
        };
        SignInInput: {
            email: string;
            password: string;
        };
        SignInLink: {
            email: string | null;
            name: string | null;
            /** @enum {string} */
            purpose: "first-operator" | "invitation" | "new-password";
        };
        SignInLinkSecretInput: {
            secret: string;
        };
        SignInLinkUseInput: {
            /** @description Needed of the first operator; everybody else has one */
            email?: string;
            /**
             * @description Of the first operator
             * @default en
             * @enum {string}
             */
            language?: "en" | "ru";
            /** @description Needed of the first operator */
            name?: string;
            password: string;
            secret: string;
        };
        SignInOptions: {
            /** @description Nobody can sign in yet: the api has printed a link for the first one */
            needsFirstOperator: boolean;
            /** @constant */
            password: true;
            singleSignOn: {
                name: string;
            } | null;
        };
        StartedConversation: {
            /** @description The conversation; null while Planfix is asked whom it is with */
            id: string | null;
            message: {
                /** @description "held": one of many identical ones; it stands on no task until answered */
                hold: string | null;
                /** Format: uuid */
                id: string;
                reason: string | null;
                /** @enum {string} */
                state: "received" | "posted" | "ready" | "sending" | "sent" | "delivered" | "read" | "failed" | "refused" | "unknown" | "waiting" | "parked" | "ignored";
            } | null;
            /** @description Where the message stands; null as long as it stands nowhere */
            planfixTask: number | null;
            /** @description Why it was refused */
            reason: string | null;
            /**
             * Format: uuid
             * @description Of this request, for GET /v1/conversations/starts/:id
             */
            startId: string;
            /** @enum {string} */
            state: "looking" | "started" | "refused";
        };
        StartedEmbeddedSignup: {
            appId: string;
            configurationId: string;
            /** @description For `FB.login`, as they are */
            extras: {
                [key: string]: unknown;
            };
            graphVersion: string;
            /** Format: uuid */
            id: string;
        };
        Status: {
            /** @description Planfix accounts by state */
            accounts: {
                [key: string]: number;
            };
            /** @description Connections by state */
            connections: {
                [key: string]: number;
            };
            parts: {
                /** @description In words */
                detail: string;
                /** @enum {string} */
                name: "database" | "temporal" | "worker" | "sweep" | "poll";
                ok: boolean;
            }[];
            /** @description Open ones */
            problemsByKind: {
                [key: string]: number;
            };
            waiting: {
                /** @description How long the most overdue conversation is due */
                oldestSeconds: number | null;
                /** @description Messages to customers that have not left, or of which it is not known */
                outbox: number;
                /** @description Conversations with something for the customer that is due */
                toCustomer: number;
                /** @description Conversations with something for Planfix that is due */
                toPlanfix: number;
            };
        };
        TaskLink: {
            planfixTask: number;
            /**
             * @description "requested": Planfix has not been asked yet; look again
             * @enum {string}
             */
            state: "requested" | "linked";
        };
        /**
         * @example {
         *       "id": "0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d",
         *       "provider": "whatsapp-cloud",
         *       "wabaId": "102290129340398",
         *       "connectionIds": [
         *         "0192f0c4-1111-7cc2-9b1e-5d1f2a3b4c5d"
         *       ],
         *       "channelTemplateId": "1689556908129832",
         *       "name": "order_ready",
         *       "language": "en_US",
         *       "category": "utility",
         *       "status": "approved",
         *       "statusReason": null,
         *       "statusChangedAt": "2026-11-26T17:00:00.000Z",
         *       "sendable": true,
         *       "notSendableBecause": null,
         *       "quality": "GREEN",
         *       "version": 1,
         *       "createdAt": "2026-11-26T17:00:00.000Z",
         *       "replacedAt": null,
         *       "components": {
         *         "body": {
         *           "text": "Your order {{1}} is ready on {{2}}.",
         *           "example": {
         *             "1": "A-17",
         *             "2": "Monday"
         *           }
         *         },
         *         "buttons": []
         *       },
         *       "needs": {
         *         "format": "positional",
         *         "header": [],
         *         "body": [
         *           {
         *             "placeholder": "1",
         *             "example": "A-17"
         *           },
         *           {
         *             "placeholder": "2",
         *             "example": "Monday"
         *           }
         *         ],
         *         "buttons": []
         *       },
         *       "preview": "Your order A-17 is ready on Monday.",
         *       "example": {
         *         "name": "order_ready",
         *         "language": "en_US",
         *         "parameters": {
         *           "body": [
         *             "A-17",
         *             "Monday"
         *           ]
         *         }
         *       }
         *     }
         */
        Template: {
            /** @description marketing, utility or authentication */
            category: string;
            /** @description The network's own id */
            channelTemplateId: string;
            components: components["schemas"]["TemplateComponents"];
            /** @description Connections that can send it */
            connectionIds: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description Ready to be the `template` of a message, with values of your own */
            example: {
                language: string;
                name: string;
                parameters?: {
                    [key: string]: unknown;
                };
            };
            /**
             * Format: uuid
             * @description Of this version: a newer one has another id
             */
            id: string;
            language: string;
            name: string;
            needs: components["schemas"]["TemplateNeeds"];
            /** @description What it is, and what to do about it */
            notSendableBecause: string | null;
            /** @description As the recipient sees it, filled with the examples */
            preview: string;
            provider: string;
            /** @description In the network's words: GREEN, YELLOW or RED */
            quality: string | null;
            /** @description A newer version took its place, or the network has it no more */
            replacedAt: string | null;
            sendable: boolean;
            /** @description The network's state in small letters; only approved ones can be sent */
            status: string;
            /**
             * Format: date-time
             * @description When Parley saw the state for the first time
             */
            statusChangedAt: string;
            /** @description In the network's words */
            statusReason: string | null;
            /** @description Counts changes of words, placeholders and category */
            version: number;
            wabaId: string;
        };
        /** @description The template as the network has it, with its placeholders */
        TemplateComponents: {
            body: {
                example?: {
                    [key: string]: string;
                };
                text: string;
            };
            buttons: {
                example?: string;
                /** @description The network's word for its kind */
                name?: string;
                text: string;
                /** @enum {string} */
                type: "quick-reply" | "url" | "copy-code" | "plain" | "other";
                url?: string;
            }[];
            footer?: string;
            header?: {
                example?: string;
                /** @enum {string} */
                format: "text" | "image" | "video" | "document" | "other";
                name?: string;
                text?: string;
            };
            /** @description Parts that Parley does not send yet */
            others?: string[];
        };
        /** @description What whoever sends it has to fill in */
        TemplateNeeds: {
            body: {
                example?: string;
                /** @description A name, or a position counted from "1" */
                placeholder: string;
            }[];
            /** @description Those that take a value, in the order of the values */
            buttons: {
                example?: string;
                /** @description Among all buttons, from 0 */
                index: number;
                label: string;
                /** @description A quick reply goes without a value */
                required: boolean;
                /** @enum {string} */
                type: "url" | "copy-code" | "quick-reply";
            }[];
            /**
             * @description Lists of values, or objects by name
             * @enum {string}
             */
            format: "positional" | "named";
            header: {
                example?: string;
                /** @description A name, or a position counted from "1" */
                placeholder: string;
            }[];
            /**
             * @description The header is a file, given as { "link": "https://…", "name"?: "…" }
             * @enum {string}
             */
            headerMedia?: "image" | "video" | "document";
        };
        TemplateParametersInput: {
            /** @description A list for {{1}}, {{2}}, …; an object for {{name}} */
            body?: string[] | {
                [key: string]: string;
            };
            /** @description In order, one for each button that needs a value: the end of an address, a code to copy */
            buttons?: string[];
            /** @description As the body; of a picture, video or document { "link": "https://…", "name"?: "…" } */
            header?: string[] | {
                [key: string]: string;
            };
        };
        TemplateSync: {
            /** Format: uuid */
            connectionId: string;
            /** @description Readings in a row that failed since then */
            failures: number;
            /** @description Why the last one failed */
            reason: string | null;
            /** @description When what is known was read from the network */
            syncedAt: string | null;
        };
        /**
         * @example {
         *       "name": "order_ready",
         *       "language": "en_US",
         *       "parameters": {
         *         "body": [
         *           "A-17",
         *           "Monday"
         *         ]
         *       }
         *     }
         */
        TemplateToSendInput: {
            /** @description Exactly the code of the approved translation: "en" is not "en_US" */
            language: string;
            name: string;
            /** @description `needs` of GET /v1/templates tells what is wanted */
            parameters?: components["schemas"]["TemplateParametersInput"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
