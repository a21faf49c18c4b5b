/// What each key of a configuration does, in one sentence for a reference.
///
/// The sentences may have Markdown, and links relative to `Documentation/reference`.
enum KeyMeanings {
  static let of: [String: String] = {
    let lines = text.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1) }
    return Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
  }()

  private static let text = """
    run: Name of the run, and of its folder below `runs`; by default that of the configuration's \
    file.
    dataset.format: How rows are written as text ([input](input.md)).
    dataset.train: Files, globs or folders of the training rows; `-` is standard input.
    dataset.valid: The same for validation rows, which choose the weights that are kept.
    dataset.test: The same for test rows, which are reported.
    dataset.source: Files, globs or folders of rows that `split` divides.
    dataset.split.by: Column by whose order the rows are divided: the first ones train, the last \
    ones test.
    dataset.split.train: Share of the rows of `source` that trains.
    dataset.split.valid: Share for validation.
    dataset.split.test: Share for the test; the three sum to 1.
    dataset.split.seed: Selects one of the possible random splits; none with `by`.
    dataset.label: Column of the label (`delimited`); by default the first one, or the one \
    called click, label, clicked or target.
    dataset.weight: Column of the weight with which a row counts in loss and metrics \
    (`delimited`, `avazu`).
    dataset.negative_rate: Share of the negatives that training rows still have; predictions are \
    corrected for it.
    dataset.sampled_splits: Splits whose negatives were left out so; by default train, or all \
    splits of a `source`.
    dataset.delimiter: Character between columns (`delimited`); by default a tab if the header \
    contains one, else a comma.
    dataset.quote: Whether a double quote at the start of a column begins a text in quotes \
    (`delimited`).
    dataset.positive: Label of a click, where every other label means none; by default 1, also \
    as 1.0, +1 or true.
    dataset.missing: Texts that mean a missing value, beside the empty one.
    dataset.fields: Columns that the model reads; by default all except label and weight, as \
    categories. Items have the keys below.
    dataset.fields[].name: Name of the column, or of the field where files have no header.
    dataset.fields[].type: Kind of value; a timestamp becomes hour, weekday and weekend.
    dataset.fields[].splitter: Character between the values of a sequence (`delimited`).
    dataset.fields[].max_len: Largest number of values of a sequence per row.
    dataset.fields[].pooling: How the vectors of a sequence are combined; by default `mean` in \
    `delimited`, else `sum`.
    dataset.fields[].truncate: Which values of a longer sequence are used (`delimited`).
    dataset.fields[].embedding_of: Another field, whose encoding and table this field uses.
    dataset.fields[].number: Number of the field (`libffm`); by default 1 more than that of the \
    field before.
    dataset.fields[].first: First feature number of the field (`libsvm`).
    dataset.fields[].last: Last feature number of the field (`libsvm`).
    dataset.on_bad_row: Whether a bad row ends the run, or is left out and counted.
    dataset.max_bad_rows: How many bad rows `skip` leaves out before the run ends with an error.
    dataset.cache: Where encoded rows are kept for later epochs and runs: beside the run's \
    folder if they are read more than once, nowhere, or in a folder.
    features.categorical.encoding: How a category becomes an id ([encodings](ids.md)); `auto` \
    chooses per field from the training rows.
    features.categorical.max_vocabulary: `auto`: the most distinct values of a field with a \
    vocabulary; fields with more are hashed.
    features.categorical.buckets: `hash`: number of buckets; `auto` sizes them from the training \
    rows.
    features.categorical.max_buckets: `hash`, `auto`: the most buckets that are chosen.
    features.categorical.min_count: `vocabulary`, `auto`: how often a value must occur to get an \
    id of its own; 1 by default with `vocabulary`.
    features.numeric.encoding: How a number becomes an id or a value; `auto` chooses per field \
    from the training rows.
    features.numeric.quantiles: `quantile`: number of buckets.
    features.numeric.scale: `value`: whether the training rows' mean is subtracted and their \
    deviation divided by.
    features.overrides.FIELD.encoding: The encoding of one field, with the keys of its kind.
    features.overrides.FIELD.max_vocabulary: As in `features.categorical`.
    features.overrides.FIELD.buckets: As in `features.categorical`.
    features.overrides.FIELD.max_buckets: As in `features.categorical`.
    features.overrides.FIELD.min_count: As in `features.categorical`.
    features.overrides.FIELD.quantiles: As in `features.numeric`.
    features.overrides.FIELD.scale: As in `features.numeric`.
    model.backbone: How the fields interact ([backbones](backbones.md)).
    model.paradigm: Whether the source of every interaction is the raw embedding, or generated \
    by an encoder.
    model.embedding_dim: Elements of a field's vector.
    model.embedding_sets: Sets of embeddings, each with its own tables, source and interactions.
    model.encoder.kind: The function from a row's embeddings to a field's vector.
    model.encoder.activation: The non-linearity σ.
    model.encoder.gamma: The constant γ that multiplies the activation.
    model.encoder.source: Which fields are generated, and from which ones.
    model.encoder.num_source: How many fields a source of high or low cardinality generates.
    model.encoder.rank: `low_rank`: dimensions between its two maps.
    model.encoder.inner_activation: `low_rank`: the non-linearity between them.
    model.encoder.attention_dropout: `self_attention`: share of the attention weights that \
    training drops.
    model.encoder.residual: Whether the encoder's input is added to its output.
    model.encoder.input: Cross layers: whether their encoders read the layer's state or the raw \
    embedding.
    model.target: Which fields the model predicts, and what it sees of them.
    model.num_target: How many fields a `target` other than `all` draws.
    model.hidden_units: Widths of the hidden layers, input side first.
    model.hidden_activation: Their non-linearity.
    model.net_dropout: Share of hidden units that training drops.
    model.batch_norm: Whether hidden layers have batch normalisation.
    model.head: Layers from the last vector of cross layers or tokens to the logit: Linear, \
    ReLU, Linear, or one Linear.
    model.num_cross_layers: Number of cross layers.
    model.cross_dropout: Share of a cross layer's output that training drops.
    model.cross_bias: Whether the product of a cross layer has a bias.
    model.tokenizer: `rankmixer`, `rankelastor`: whether one perceptron makes each token from a \
    chunk of the row, all of them from the whole row, or the row is only cut.
    model.num_tokens: Number of tokens.
    model.token_dim: Elements of a token.
    model.tokenizer_hidden_units: Widths of the tokenizer's hidden layers.
    model.tokenizer_dropout: Share of the tokenizer's hidden units that training drops.
    model.num_blocks: Number of blocks, each of which mixes tokens and then maps every token.
    model.ffn_hidden_units: Widths of a block's feed-forward layers, with weights of their own \
    for every token.
    model.ffn_expansion: `rankelastor`: how many times wider a gated unit is inside.
    model.token_norm: Whether the tokenizer's hidden layers and the feed-forward layers normalise \
    (RMS).
    model.num_wukong_layers: `wukong`: number of layers.
    model.fmb_features: Vectors that a layer makes from products of vectors.
    model.lcb_features: Vectors that a layer makes as linear combinations.
    model.fmb_rank: Columns to which the products of all pairs of vectors are projected.
    model.fmb_hidden_units: Widths of the hidden layers behind these products.
    model.cin_hidden_units: `xdeepfm`: feature maps of the compressed interaction layers.
    model.linear_type: `fwfm`: its linear part: a weight per value, a vector per value, or a \
    vector per field.
    model.field_interaction_type: `fmfm`: one matrix, or one vector, per pair of fields.
    training.batch_size: Rows per step.
    training.epochs: Largest number of passes over the training rows; 1 by default with \
    `progressive`.
    training.progressive: Whether each file, or each day, is evaluated before it is trained on, \
    once and in order.
    training.optimizer: The rule that computes updates from gradients.
    training.embedding_update: Whether a step updates all rows of the tables, or those that \
    occur in the batch.
    training.precision: Precision of the products of fully connected layers.
    training.learning_rate: Step size before any reduction.
    training.embedding_regularizer: λ of (λ/2)·‖E‖² over the tables; with `adamw` their weight \
    decay.
    training.net_regularizer: λ of (λ/2)·‖W‖² over all other weights; with `adamw` their weight \
    decay.
    training.regularizers.singular_value_variance: λ of the variance of each embedding's singular \
    values ([formulas](../explanation/derivations.md#terms-against-collapse)).
    training.regularizers.decorrelation: λ of the correlations between dimensions of embeddings.
    training.regularizers.space_similarity: λ of the similarity of sets of embeddings.
    training.regularizers.block_orthogonality: λ of the distance of cross layers' blocks from \
    orthogonal ones.
    training.regularizers.norm_alignment: λ of the difference of block norms between sets.
    training.max_gradient_norm: Global norm to which a larger gradient is scaled; 0 never clips.
    training.shuffle: Whether each epoch reads the rows in a new order.
    training.shuffle_rows: Rows that the shuffle holds in memory.
    training.seed: Random seed of initial weights and of the order of rows.
    training.eval_steps: Steps between evaluations, beside one after every epoch.
    training.checkpoint_minutes: Minutes between checkpoints, beside one at every evaluation.
    training.keep: Whether only the best weights are kept, or also those at the end of every \
    epoch.
    training.keep_last: Whether a finished run keeps its last checkpoint, from which more epochs \
    or days go on.
    training.group: Column by whose values validation and test rows are grouped for GAUC.
    training.monitor.AUC: Weight of the AUC in the sum that training should increase; 0 where \
    `monitor` is written without it.
    training.monitor.GAUC: Weight of the GAUC.
    training.monitor.logloss: Weight of the Logloss, negative because it should fall.
    training.early_stop_patience: Consecutive evaluations without improvement after which \
    training ends.
    training.reduce_lr_on_plateau: Whether an evaluation without improvement divides the \
    learning rate by ten.
    training.tensorboard: Whether evaluations are also written as TensorBoard event files.
    """
}
