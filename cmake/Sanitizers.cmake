# LEANSPEC_SANITIZE=address,undefined or thread, for every target of the tree.
if(LEANSPEC_SANITIZE)
  add_compile_options(-fsanitize=${LEANSPEC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LEANSPEC_SANITIZE})
endif()
# Fuzzed libraries count their branches, so that the fuzzer knows what is new.
if(LEANSPEC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
