package asl.interop;

import ai.djl.inference.Predictor;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Pipeline;
import java.nio.file.Path;

/** The service of the README, word for word. */
final class ServiceExample {
    private ServiceExample() {}

    static float[] embed(Path encoder, Path photo) throws Exception {
        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(encoder)
                .optEngine("PyTorch")
                .optTranslator(new NoopTranslator())
                .build();
        Pipeline pipeline = new Pipeline(new Resize(224, 224), new ToTensor())
                .add(new Normalize(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f}));
        try (ZooModel<NDList, NDList> model = criteria.loadModel();
                Predictor<NDList, NDList> predictor = model.newPredictor()) {
            NDArray image = ImageFactory.getInstance().fromFile(photo).toNDArray(model.getNDManager());
            NDArray batch = pipeline.transform(new NDList(image)).head().expandDims(0); // [1, 3, 224, 224]
            return predictor.predict(new NDList(batch)).head().toFloatArray();
        }
    }
}
